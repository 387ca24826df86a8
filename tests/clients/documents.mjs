// What the story asks, in the words that any client takes.

const ENTRY = `
  fragment EntryParts on Entry {
    id version position body notes { kind text depth } explicitScenes scenes deletedAt
    owner { id shortName } updatedBy { id login }
    item { id code }
  }`

export const SIGN_IN = `
  mutation SignIn($input: SignInInput!) {
    signIn(input: $input) { __typename ... on SignedIn { account { id login } } ... on Refusal { code message } }
  }`

export const VIEWER = `query Viewer { viewer { id login } }`

export const CREATE_TOKEN = `
  mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) { __typename ... on TokenCreated { secret } ... on Refusal { code message } }
  }`

export const REGIONS = `query Regions { regions { id name sheets { id fiscalYear title } } }`

export const SHEET = `
  query Sheet($region: ID!, $year: Int!, $filter: EntryFilter) {
    sheet(regionId: $region, fiscalYear: $year) {
      id seq title
      rows(filter: $filter) {
        item { id code title }
        cells { facet fiscalYear hiddenCount entries { ...EntryParts } }
      }
    }
  }
  ${ENTRY}`

export const NODE = `
  query Node($id: ID!) {
    node(id: $id) {
      __typename id ... on Sheet { title } ... on Region { name }
      ... on Entry {
        body
        references { __typename ... on Item { id code } ... on Handout { id number } ... on UnresolvedReference { label } }
      }
    }
  }`

export const CREATE = `
  mutation Create($input: CreateEntryInput!) {
    createEntry(input: $input) {
      __typename
      ... on EntrySaved { entry { ...EntryParts } change { id seq } merged }
      ... on Refusal { code message field }
    }
  }
  ${ENTRY}`

export const UPDATE = `
  mutation Update($input: UpdateEntryInput!) {
    updateEntry(input: $input) {
      __typename
      ... on EntrySaved { entry { ...EntryParts } change { id seq } merged }
      ... on EditConflict {
        base { body notes { kind text depth } explicitScenes }
        theirs { ...EntryParts }
        yours { body notes { kind text depth } explicitScenes }
      }
      ... on Refusal { code message field }
    }
  }
  ${ENTRY}`

export const EVENTS = `
  subscription Events($sheet: ID!, $after: Int) {
    sheetEvents(sheetId: $sheet, afterSeq: $after) {
      __typename
      ... on EntrySaved { merged entry { ...EntryParts } change { id seq by { id login } } }
      ... on EntryDeleted { id version change { id seq } }
      ... on SheetChanged { sheet { id title } }
      ... on SheetReset { seq }
      ... on PresenceChanged { present { account { id login } entryId visitId } }
    }
  }
  ${ENTRY}`
