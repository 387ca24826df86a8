"""Whether the data of an answer has the shape that its query and the schema promise: each field that was asked for and
no other, null only where it may be, and values of their types."""

import graphql

BUILT_IN = {"Int": int, "Float": (int, float), "String": str, "ID": str, "Boolean": bool}


def complaints(schema, query, data):
    """What is wrong, in words. Data that is null as a whole has no shape; an error says why."""
    document = graphql.parse(query)
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, graphql.FragmentDefinitionNode)}
    (operation,) = (node for node in document.definitions if isinstance(node, graphql.OperationDefinitionNode))
    reader = Reader(schema, fragments)
    reader.read(schema.get_root_type(operation.operation), [operation.selection_set], data, "data")
    return reader.complaints


class Reader:
    def __init__(self, schema, fragments):
        self.schema = schema
        self.fragments = fragments
        self.complaints = []

    def read(self, kind, selections, value, place):
        if graphql.is_non_null_type(kind):
            if value is None:
                return self.complain(place, "null where none may be")
            kind = kind.of_type
        if value is None:
            return None
        if graphql.is_list_type(kind):
            if not isinstance(value, list):
                return self.complain(place, "no list")
            for index, item in enumerate(value):
                self.read(kind.of_type, selections, item, f"{place}.{index}")
            return None
        if graphql.is_leaf_type(kind):
            return self.read_leaf(kind, value, place)
        return self.read_object(kind, selections, value, place)

    def read_leaf(self, kind, value, place):
        if graphql.is_enum_type(kind):
            good = value in kind.values
        else:
            # To Python, True is a number.
            good = isinstance(value, BUILT_IN.get(kind.name, object)) and isinstance(value, bool) == (kind.name == "Boolean")
        if not good:
            self.complain(place, f"no {kind.name}")

    def read_object(self, kind, selections, value, place):
        if not isinstance(value, dict):
            return self.complain(place, "no object")
        before = len(self.complaints)
        for candidate in self.candidates(kind, value):
            # What it is not is forgotten, if it can be something else.
            del self.complaints[before:]
            self.read_fields(candidate, self.collect(candidate, selections), value, place)
            if len(self.complaints) == before:
                break
        return None

    def read_fields(self, kind, fields, value, place):
        if fields.keys() != value.keys():
            return self.complain(place, f"as {kind.name}, the fields {sorted(value)}")
        for key, nodes in fields.items():
            name = nodes[0].name.value
            inner = [node.selection_set for node in nodes if node.selection_set]
            if name == "__typename":
                if value[key] != kind.name:
                    self.complain(f"{place}.{key}", f"no {kind.name}")
            else:
                self.read(kind.fields[name].type, inner, value[key], f"{place}.{key}")
        return None

    def candidates(self, kind, value):
        """What the object may be; where nothing says, whatever has its fields."""
        possible = self.schema.get_possible_types(kind) if graphql.is_abstract_type(kind) else [kind]
        named = [one for one in possible if one.name == value.get("__typename")]
        return named or possible

    def collect(self, kind, selections):
        fields = {}
        for selection in (node for one in selections for node in one.selections):
            if isinstance(selection, graphql.FieldNode):
                key = (selection.alias or selection.name).value
                fields.setdefault(key, []).append(selection)
                continue
            fragment = selection
            if isinstance(selection, graphql.FragmentSpreadNode):
                fragment = self.fragments[selection.name.value]
            if fragment.type_condition is None or self.applies(fragment.type_condition.name.value, kind):
                for key, nodes in self.collect(kind, [fragment.selection_set]).items():
                    fields.setdefault(key, []).extend(nodes)
        return fields

    def applies(self, condition, kind):
        named = self.schema.get_type(condition)
        return named is kind or (graphql.is_abstract_type(named) and self.schema.is_sub_type(named, kind))

    def complain(self, place, what):
        self.complaints.append(f"{place}: {what}")
