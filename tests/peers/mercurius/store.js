// The same statements on either database: eight for a sheet however many entries it has, two in a transaction for a save.
const HEAD = `SELECT s.id, s.fiscal_year, s.title, s.item_heading, s.item_footnote, s.phase, s.secretariat_id, r.name, r.seq
  FROM sheet s JOIN region r ON r.id = s.region_id WHERE s.region_id = $1 AND s.fiscal_year = $2`;
const COLUMNS = `SELECT facet, year_offset, heading, as_of, footnote FROM sheet_column WHERE sheet_id = $1 ORDER BY position`;
const ITEMS = `SELECT i.id, i.code, s.title, s.scenes FROM sheet_item s JOIN item i ON i.id = s.item_id
  WHERE s.sheet_id = $1 ORDER BY s.position`;
const ENTRIES = `SELECT id, item_id, facet, fiscal_year, body, notes, scenes, owner_id, version, updated_at, updated_by
  FROM entry WHERE region_id = $1 AND deleted_at IS NULL AND ((facet IN ('GOAL', 'PLAN') AND fiscal_year = $2)
  OR (facet IN ('STATUS', 'EVALUATION') AND fiscal_year = $2 - 1)) ORDER BY rank, id`;
const ORGANIZATIONS = `SELECT o.id, o.kind, o.name, o.short_name FROM region_organization r
  JOIN organization o ON o.id = r.organization_id WHERE r.region_id = $1 ORDER BY r.position`;
const PEOPLE = `SELECT a.id, a.name, o.short_name FROM membership m JOIN account a ON a.id = m.account_id
  JOIN organization o ON o.id = a.organization_id WHERE m.region_id = $1`;
const HANDOUTS = `SELECT number FROM handout WHERE region_id = $1 AND fiscal_year = $2 ORDER BY number`;
const YEARS = `SELECT fiscal_year, title FROM sheet WHERE region_id = $1 ORDER BY fiscal_year DESC`;
const SAVE = `UPDATE entry SET body = $1, version = version + 1, updated_at = $2 WHERE id = $3 AND version = $4
  RETURNING region_id, version`;
const NUMBER = `UPDATE region SET seq = seq + 1 WHERE id = $1 RETURNING seq`;

const SCENES = ["DAILY_CARE", "HOSPITAL_TRANSITION", "EMERGENCY", "END_OF_LIFE"];
const scenes = (bits) => SCENES.filter((_, bit) => bits & (1 << bit));

export async function open(url) {
  return url.startsWith("postgres") ? postgres(url) : sqlite(url.replace("sqlite://", ""));
}

async function postgres(url) {
  const { default: pg } = await import("pg");
  // Whole numbers of 64 bits are small enough here.
  pg.types.setTypeParser(20, Number);
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  // Prepared once for a connection, by their names.
  const names = new Map();
  const prepared = (text, values) => {
    if (!names.has(text)) names.set(text, `s${names.size}`);
    return { name: names.get(text), text, values };
  };
  async function transaction(begin, run) {
    const client = await pool.connect();
    try {
      await client.query(begin);
      const outcome = await run(async (text, ...values) => (await client.query(prepared(text, values))).rows);
      await client.query("COMMIT");
      return outcome;
    } catch (error) {
      await client.query("ROLLBACK");
      throw error;
    } finally {
      client.release();
    }
  }
  const id = (value) => value;
  return {
    sheet: (region, year, withPeople) =>
      transaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", (all) => sheet(all, { id, key: id, notes: id }, region, year, withPeople)),
    update: (entry, version, body) => transaction("BEGIN", (all) => update(all, entry, entry, version, body)),
    people: async (ids) => {
      const text = `${PEOPLE.split(" WHERE")[0].replace("membership m JOIN account a ON a.id = m.account_id", "account a")} WHERE a.id = ANY($1)`;
      const { rows } = await pool.query(prepared(text, [[...new Set(ids.filter(Boolean))]]));
      return found(rows, ids, id);
    },
  };
}

async function sqlite(file) {
  const { default: Database } = await import("better-sqlite3");
  const database = new Database(file, { timeout: 10_000 });
  for (const pragma of ["journal_mode = WAL", "synchronous = FULL", "cache_size = -16000", "foreign_keys = ON"]) database.pragma(pragma);
  const statements = new Map();
  const prepare = (text) => {
    if (!statements.has(text)) statements.set(text, database.prepare(text.replaceAll(/\$(\d)/g, "@p$1")));
    return statements.get(text);
  };
  // The driver takes each once, by its name, however often it stands in the statement.
  const named = (values) => Object.fromEntries(values.map((value, nth) => [`p${nth + 1}`, value]));
  const all = (text, ...values) => prepare(text).all(named(values));
  const id = (bytes) => {
    const hex = bytes.toString("hex");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  };
  const key = (text) => Buffer.from(text.replaceAll("-", ""), "hex");
  async function transaction(begin, run) {
    database.exec(begin);
    try {
      const outcome = await run(all);
      database.exec("COMMIT");
      return outcome;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }
  // One after the other: the driver has one connection, and blocks.
  let last = Promise.resolve();
  const inTurn = (run) => {
    const turn = last.then(run, run);
    last = turn.catch(() => {});
    return turn;
  };
  return {
    sheet: (region, year, withPeople) =>
      inTurn(() => transaction("BEGIN", (all) => sheet(all, { id, key, notes: JSON.parse }, region, year, withPeople))),
    update: (entry, version, body) => inTurn(() => transaction("BEGIN IMMEDIATE", (all) => update(all, key(entry), entry, version, body))),
    people: async (ids) => {
      const distinct = [...new Set(ids.filter(Boolean))];
      const text = `SELECT a.id, a.name, o.short_name FROM account a JOIN organization o ON o.id = a.organization_id
        WHERE a.id IN (SELECT unhex(value) FROM json_each($1))`;
      return found(all(text, JSON.stringify(distinct.map((one) => one.replaceAll("-", "")))), ids, id);
    },
  };
}

const account = (row, id) => ({ id: id(row.id), name: row.name, organization: { shortName: row.short_name } });

function found(rows, ids, id) {
  const people = new Map(rows.map((row) => [id(row.id), account(row, id)]));
  return ids.map((one) => people.get(one) ?? null);
}

async function sheet(all, { id, key, notes }, regionId, year, withPeople) {
  const region = key(regionId);
  const [head] = await all(HEAD, region, year);
  if (!head) return null;
  // Whoever asks is the secretariat's, who edits everything until the sheet is fixed.
  const viewerCanEdit = head.phase !== "FIXED";
  const columns = (await all(COLUMNS, head.id)).map((row) => ({
    facet: row.facet,
    fiscalYear: year + row.year_offset,
    heading: row.heading,
    asOf: row.as_of,
    footnote: row.footnote,
  }));
  const items = await all(ITEMS, head.id);
  const entries = await all(ENTRIES, region, year);
  const organizations = await all(ORGANIZATIONS, region);
  const people = new Map((withPeople ? await all(PEOPLE, region) : []).map((row) => [id(row.id), account(row, id)]));
  const handouts = await all(HANDOUTS, region, year);
  const years = await all(YEARS, region);
  const cells = new Map();
  for (const row of entries) {
    const item = id(row.item_id);
    const place = `${item} ${row.facet} ${row.fiscal_year}`;
    if (!cells.has(place)) cells.set(place, []);
    const cell = cells.get(place);
    const updatedById = row.updated_by && id(row.updated_by);
    cell.push({
      id: id(row.id),
      item: { id: item },
      facet: row.facet,
      fiscalYear: row.fiscal_year,
      body: row.body,
      notes: notes(row.notes),
      explicitScenes: scenes(row.scenes),
      owner: row.owner_id && { id: id(row.owner_id) },
      position: cell.length,
      version: row.version,
      deletedAt: null,
      updatedAt: new Date(row.updated_at).toISOString(),
      updatedById,
      updatedBy: updatedById && people.get(updatedById),
      viewerCanEdit,
    });
  }
  return {
    id: id(head.id),
    fiscalYear: head.fiscal_year,
    title: head.title,
    itemHeading: head.item_heading,
    itemFootnote: head.item_footnote,
    phase: head.phase,
    seq: head.seq,
    secretariat: { id: id(head.secretariat_id) },
    columns,
    region: {
      id: regionId,
      name: head.name,
      organizations: organizations.map((row) => ({ id: id(row.id), kind: row.kind, name: row.name, shortName: row.short_name })),
      handouts,
      sheets: years.map((row) => ({ fiscalYear: row.fiscal_year, title: row.title })),
    },
    rows: items.map((row) => ({
      item: { id: id(row.id), code: row.code, title: row.title, scenes: scenes(row.scenes) },
      cells: columns.map(({ facet, fiscalYear }) => ({
        facet,
        fiscalYear,
        viewerCanEdit,
        entries: cells.get(`${id(row.id)} ${facet} ${fiscalYear}`) ?? [],
      })),
    })),
  };
}

async function update(all, entry, id, version, body) {
  const [saved] = await all(SAVE, body, Date.now(), entry, version);
  if (!saved) throw new Error("another version");
  const [{ seq }] = await all(NUMBER, saved.region_id);
  return { entry: { id, version: saved.version, body }, change: { seq } };
}
