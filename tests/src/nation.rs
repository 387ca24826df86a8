//! A made nation: many regions of several years, written by a few statements of SQL, so that what grows with a region, a
//! year or a change is there in its quantity.

use crate::TestApp;
use renkei_server::Db;
use sea_orm::{ConnectionTrait, DbBackend};

/// How much there is beside the sample, whose region gets the other years too.
#[derive(Clone, Copy, Debug)]
pub struct Nation {
    /// Beside the sample's.
    pub regions: u32,
    /// Up to the sample's own.
    pub years: u32,
    /// In each cell of the made sheets.
    pub entries: u32,
    /// Changes of each entry of the sample's region; in the others each has one.
    pub changes: u32,
}

/// The name of the sample's region.
const SAMPLE: &str = "本庄市児玉郡";
/// More than any count of things that belong to one other thing.
const NUMBERS: u32 = 2_000;

impl Nation {
    pub fn found_in(self, app: &TestApp) {
        for statement in self.statements(app.backend()) {
            app.execute(&statement);
        }
    }

    /// The same in a database that no server has open.
    pub async fn found_at(self, database: &str) {
        Self::run_at(database, |backend| self.statements(backend)).await;
    }

    /// What is searched alone: the entries, of which every tenth stood in a snapshot with another text. No log.
    pub async fn entries_at(self, database: &str) {
        Self::run_at(database, |backend| {
            let sql = Sql { postgres: backend == DbBackend::Postgres };
            let all = [self.places(&sql), self.people(&sql), self.matrix(&sql), Self::kept(&sql)].concat();
            all.into_iter().chain(Self::end(&sql)).collect()
        })
        .await;
    }

    async fn run_at(database: &str, statements: impl FnOnce(DbBackend) -> Vec<String>) {
        let db = Db::open(database).await.expect("the database opens");
        let connection = db.direct();
        for statement in statements(connection.get_database_backend()) {
            let done = connection.execute_unprepared(&statement).await;
            done.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        db.close().await.expect("the database closes");
    }

    fn statements(self, backend: DbBackend) -> Vec<String> {
        let sql = Sql { postgres: backend == DbBackend::Postgres };
        let mut statements = self.places(&sql);
        statements.extend(self.people(&sql));
        statements.extend(self.matrix(&sql));
        statements.extend(self.log(&sql));
        statements.extend(self.beside(&sql));
        statements.extend(Self::end(&sql));
        statements
    }

    fn end(sql: &Sql) -> Vec<String> {
        let drop = "DROP TABLE made".to_owned();
        // As PostgreSQL does by itself after a while. SQLite never does.
        if sql.postgres { vec![drop, "ANALYZE".to_owned()] } else { vec![drop] }
    }

    /// A snapshot of each made sheet, and what has changed since.
    fn kept(sql: &Sql) -> Vec<String> {
        let id = sql.id(10, "row_number() OVER (ORDER BY s.id)");
        vec![
            format!(
                "INSERT INTO snapshot (id, region_id, sheet_id, label, at, seq, by_id, by_name)
                SELECT {id}, s.region_id, s.id, '第1回', 0, 1,
                    (SELECT account_id FROM membership WHERE region_id = s.region_id LIMIT 1), '担当者'
                FROM sheet s WHERE s.created_at = 0"
            ),
            Self::items_of_snapshots(),
            "INSERT INTO snapshot_entry (region_id, entry_id, version, snapshot_id, item_id, facet, fiscal_year, rank,
                position, body, notes, scenes, updated_at, folded)
            SELECT e.region_id, e.id, 1, p.id, e.item_id, e.facet, e.fiscal_year, e.rank, 0, '前の' || e.body, e.notes,
                0, 0, '前の' || e.folded
            FROM entry e JOIN sheet s ON s.region_id = e.region_id AND s.fiscal_year =
                CASE WHEN e.facet IN ('STATUS', 'EVALUATION') THEN e.fiscal_year + 1 ELSE e.fiscal_year END
            JOIN snapshot p ON p.sheet_id = s.id WHERE e.updated_at = 0 AND e.rank % 10240 = 0"
                .to_owned(),
        ]
    }

    /// What is made has been frozen at 0.
    fn items_of_snapshots() -> String {
        "INSERT INTO snapshot_item (snapshot_id, item_id, code, title, position, scenes)
        SELECT p.id, t.item_id, i.code, t.title, t.position, t.scenes FROM snapshot p
        JOIN sheet_item t ON t.sheet_id = p.sheet_id JOIN item i ON i.id = t.item_id WHERE p.at = 0"
            .to_owned()
    }

    /// Regions and organisations. `made` counts from 0 to [`NUMBERS`].
    fn places(self, sql: &Sql) -> Vec<String> {
        let Self { regions, .. } = self;
        let (region, organization) = (sql.id(1, "r.i"), sql.id(2, "r.i * 10 + k.i"));
        vec![
            format!(
                "CREATE TABLE made AS WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {NUMBERS})
                SELECT i FROM n"
            ),
            format!(
                "INSERT INTO region (id, name, seq, created_at)
                SELECT {region}, '第' || r.i || '圏域', 0, 0 FROM made r WHERE r.i BETWEEN 1 AND {regions}"
            ),
            format!(
                "INSERT INTO organization (id, kind, name, short_name, created_at)
                SELECT {organization}, CASE k.i WHEN 0 THEN 'HUB' ELSE 'MUNICIPALITY' END,
                    '第' || r.i || '圏域の' || k.i || '町', k.i || '町', 0
                FROM made r, made k WHERE r.i BETWEEN 1 AND {regions} AND k.i < 5"
            ),
            format!(
                "INSERT INTO region_organization (region_id, organization_id, position)
                SELECT {region}, {organization}, k.i FROM made r, made k
                WHERE r.i BETWEEN 1 AND {regions} AND k.i < 5"
            ),
        ]
    }

    /// Ten accounts for each region, with the sample's password: `p1-0` is the first region's admin.
    fn people(self, sql: &Sql) -> Vec<String> {
        let Self { regions, .. } = self;
        let account = sql.id(3, "r.i * 100 + k.i");
        let each = format!("FROM made r, made k WHERE r.i BETWEEN 1 AND {regions} AND k.i < 10");
        let sessions = sql.text_id(13, "(r.i * 100 + k.i) * 100 + n.i");
        vec![
            format!(
                "INSERT INTO account (id, login, login_key, name, organization_id, password_hash, operator, created_at)
                SELECT {account}, 'p' || r.i || '-' || k.i, 'p' || r.i || '-' || k.i, '担当者' || k.i, {},
                    (SELECT password_hash FROM account WHERE login = 'hub'), FALSE, 0 {each}",
                sql.id(2, "r.i * 10 + k.i % 5")
            ),
            format!(
                "INSERT INTO membership (account_id, region_id, role)
                SELECT {account}, {}, CASE k.i WHEN 0 THEN 'ADMIN' ELSE 'EDITOR' END {each}",
                sql.id(1, "r.i")
            ),
            format!(
                "INSERT INTO session (token_hash, account_id, created_at, seen_at)
                SELECT {sessions}, {account}, {now}, {now} FROM made r, made k, made n
                WHERE r.i BETWEEN 1 AND {regions} AND k.i < 10 AND n.i < 3",
                now = 1_900_000_000_000_i64
            ),
            format!(
                "INSERT INTO token (id, account_id, name, scope, secret_hash, created_at, expires_at)
                SELECT {}, {account}, 't', 'READ_ONLY', {}, 0, 1900000000000 {each}",
                sql.id(14, "r.i * 100 + k.i"),
                sql.text_id(14, "r.i * 100 + k.i")
            ),
        ]
    }

    /// Items, sheets and entries. What is made has been created at 0.
    fn matrix(self, sql: &Sql) -> Vec<String> {
        let Self { regions, years, entries, .. } = self;
        let sample = format!("(SELECT id FROM region WHERE name = '{SAMPLE}')");
        let template = format!("(SELECT id FROM sheet WHERE region_id = {sample} AND created_at > 0)");
        // The sample's region is number 0, and has its own sheet of the last year.
        let each = format!(
            "FROM made r CROSS JOIN made y WHERE r.i <= {regions} AND y.i < {years} AND (r.i > 0 OR y.i > 0)"
        );
        let region = format!("CASE r.i WHEN 0 THEN {sample} ELSE {} END", sql.id(1, "r.i"));
        let secretariat = format!("CASE r.i WHEN 0 THEN t.secretariat_id ELSE {} END", sql.id(2, "r.i * 10"));
        let sheet = sql.id(5, "r.i * 100 + y.i");
        let of_template = |columns: &str, table: &str| {
            format!(
                "SELECT s.id, {columns} FROM sheet s, {table} t WHERE t.sheet_id = {template} AND s.created_at = 0"
            )
        };
        vec![
            format!(
                "INSERT INTO item (id, region_id, code, code_key, created_at)
                SELECT {}, {}, t.code, t.code_key, 0 FROM made r,
                    (SELECT code, code_key, row_number() OVER (ORDER BY code) AS n FROM item WHERE region_id = {sample}) t
                WHERE r.i BETWEEN 1 AND {regions}",
                sql.id(4, "r.i * 100 + t.n"),
                sql.id(1, "r.i")
            ),
            format!(
                "INSERT INTO sheet (id, region_id, fiscal_year, title, item_heading, phase, secretariat_id, created_at)
                SELECT {sheet}, {region}, t.fiscal_year - y.i, t.title, t.item_heading, t.phase, {secretariat}, 0
                FROM sheet t, (SELECT r.i AS r, y.i AS y {each}) made
                JOIN made r ON r.i = made.r JOIN made y ON y.i = made.y WHERE t.id = {template}"
            ),
            format!(
                "INSERT INTO sheet_column (sheet_id, position, facet, year_offset, heading) {}",
                of_template("t.position, t.facet, t.year_offset, t.heading", "sheet_column")
            ),
            format!(
                "INSERT INTO sheet_item (sheet_id, item_id, title, position, scenes)
                SELECT s.id, i.id, t.title, t.position, t.scenes FROM sheet s
                JOIN item i ON i.region_id = s.region_id JOIN item own ON own.code_key = i.code_key
                JOIN sheet_item t ON t.item_id = own.id AND t.sheet_id = {template} WHERE s.created_at = 0"
            ),
            format!(
                "INSERT INTO handout (id, region_id, fiscal_year, number, title)
                SELECT {}, s.region_id, s.fiscal_year, k.i, '資料'
                FROM (SELECT region_id, fiscal_year, row_number() OVER (ORDER BY id) AS n FROM sheet WHERE created_at = 0) s,
                    made k WHERE k.i BETWEEN 1 AND 3",
                sql.id(15, "s.n * 10 + k.i")
            ),
            format!(
                "INSERT INTO entry (id, region_id, item_id, facet, fiscal_year, rank, body, notes, scenes, version,
                    updated_at, updated_by, chars, folded)
                SELECT {}, s.region_id, i.item_id, c.facet, s.fiscal_year + c.year_offset, k.i * 1024,
                    '在宅医療と介護の連携についての、ふつうの長さの取組の文。その' || k.i, '[]', 0, 0, 0,
                    (SELECT account_id FROM membership WHERE region_id = s.region_id LIMIT 1), 30,
                    '在宅医療と介護の連携についての、ふつうの長さの取組の文。その' || k.i
                FROM sheet s JOIN sheet_column c ON c.sheet_id = s.id JOIN sheet_item i ON i.sheet_id = s.id,
                    made k WHERE s.created_at = 0 AND k.i < {entries}",
                sql.id(6, "row_number() OVER ()")
            ),
        ]
    }

    /// The changes of all entries, a round after the other.
    fn log(self, sql: &Sql) -> Vec<String> {
        let sample = format!("(SELECT id FROM region WHERE name = '{SAMPLE}')");
        let rounds = format!("(CASE WHEN e.region_id = {sample} THEN {} ELSE 1 END)", self.changes);
        let logged = format!("(e.region_id = {sample} OR e.updated_at = 0)");
        let state = |version: &str| {
            let id = |column| sql.shown(column);
            format!(
                "'{{\"id\":\"' || {} || '\",\"region\":\"' || {} || '\",\"item\":\"' || {} || '\",\"facet\":\"' || e.facet
                || '\",\"fiscalYear\":' || e.fiscal_year || ',\"body\":\"在宅医療と介護の連携についての取組の文。第' || ({version})
                || '版\",\"notes\":[],\"explicitScenes\":[],\"owner\":null,\"rank\":' || e.rank || ',\"version\":' || ({version})
                || ',\"updatedAt\":0,\"updatedBy\":null,\"deletedAt\":null,\"position\":0}}'",
                id("e.id"),
                id("e.region_id"),
                id("e.item_id")
            )
        };
        let number = "(SELECT seq FROM region WHERE id = e.region_id)
            + row_number() OVER (PARTITION BY e.region_id ORDER BY k.i, e.fiscal_year, e.id)";
        vec![
            format!(
                "INSERT INTO change (id, region_id, seq, at, by_id, by_name, by_organization, entity, entity_id, version,
                    action, summary, after)
                SELECT {}, e.region_id, {number}, 1600000000000 + k.i, e.updated_by, '担当者', '町', 'ENTRY', e.id,
                    e.version + k.i, CASE e.version + k.i WHEN 1 THEN 'CREATE' ELSE 'UPDATE' END, '（ア）の取組を編集',
                    {}
                FROM entry e, made k WHERE k.i BETWEEN 1 AND {rounds} AND {logged}",
                sql.id(7, "row_number() OVER ()"),
                sql.json(&state("e.version + k.i"))
            ),
            format!(
                "INSERT INTO change_cell (region_id, fiscal_year, facet, item_id, seq)
                SELECT c.region_id, e.fiscal_year, e.facet, e.item_id, c.seq FROM change c JOIN entry e ON e.id = c.entity_id
                WHERE c.version > e.version"
            ),
            format!("UPDATE entry AS e SET version = e.version + {rounds} WHERE {logged}"),
            "UPDATE region SET seq = COALESCE((SELECT MAX(seq) FROM change WHERE change.region_id = region.id), seq)"
                .to_owned(),
        ]
    }

    /// Threads on every fourth entry, and what accounts and sheets have beside the matrix.
    fn beside(self, sql: &Sql) -> Vec<String> {
        let Self { regions, .. } = self;
        let entries = "(SELECT id, region_id, updated_by, row_number() OVER (ORDER BY id) AS n FROM entry
            WHERE updated_at = 0 AND updated_by IS NOT NULL) e";
        let sheets =
            "(SELECT id, region_id, row_number() OVER (ORDER BY id) AS n FROM sheet WHERE created_at = 0) s";
        let each =
            format!("FROM made r, made k, made n WHERE r.i BETWEEN 1 AND {regions} AND k.i < 10 AND n.i < 5");
        let account = sql.id(3, "r.i * 100 + k.i");
        let nth = "(r.i * 100 + k.i) * 100 + n.i";
        let (thread, first, last) = (sql.id(8, "e.n"), sql.id(9, "e.n * 10"), sql.id(9, "e.n * 10 + 1"));
        vec![
            format!(
                "INSERT INTO thread (id, region_id, entry_id, version, comments, last_id, last_by_id)
                SELECT {thread}, e.region_id, e.id, 1, 2, {last}, e.updated_by FROM {entries} WHERE e.n % 4 = 0"
            ),
            format!(
                "INSERT INTO comment (id, thread_id, position, at, by_id, by_name, by_organization, body)
                SELECT {}, {thread}, k.i, 0, e.updated_by, '担当者', '町', '話' FROM {entries}, made k
                WHERE e.n % 4 = 0 AND k.i < 2",
                sql.id(9, "e.n * 10 + k.i")
            ),
            format!(
                "INSERT INTO mention (comment_id, position, thread_id, organization_id)
                SELECT {first}, 0, {thread}, a.organization_id FROM {entries} JOIN account a ON a.id = e.updated_by
                WHERE e.n % 4 = 0"
            ),
            format!(
                "INSERT INTO notice (id, account_id, region_id, sheet_id, change_id, kind, thread_id, comment_id, read_at)
                SELECT {}, m.account_id, t.region_id, (SELECT id FROM sheet WHERE region_id = t.region_id LIMIT 1),
                    (SELECT id FROM change WHERE entity_id = t.entry_id LIMIT 1), 'MENTION', t.id, t.last_id,
                    CASE WHEN t.n % 5 = 0 THEN NULL ELSE 0 END
                FROM (SELECT thread.*, row_number() OVER (ORDER BY id) AS n FROM thread WHERE entry_id IS NOT NULL) t
                JOIN membership m ON m.region_id = t.region_id",
                sql.id(18, "row_number() OVER (ORDER BY t.n)")
            ),
            format!(
                "INSERT INTO visit (account_id, sheet_id, seq, at, previous_seq, previous_at)
                SELECT m.account_id, s.id, 1, 0, 1, 0 FROM {sheets} JOIN membership m ON m.region_id = s.region_id"
            ),
            format!(
                "INSERT INTO snapshot (id, region_id, sheet_id, label, at, seq, by_id, by_name)
                SELECT {}, s.region_id, s.id, '第' || k.i || '回', 0, k.i,
                    (SELECT account_id FROM membership WHERE region_id = s.region_id LIMIT 1), '担当者'
                FROM {sheets}, made k WHERE k.i BETWEEN 1 AND 3 AND s.region_id <>
                    (SELECT id FROM region WHERE name = '{SAMPLE}')",
                sql.id(10, "s.n * 10 + k.i")
            ),
            Self::items_of_snapshots(),
            format!(
                "INSERT INTO draft (id, account_id, region_id, sheet_id, device, place, item_id, facet, fiscal_year, outline,
                    scenes, version, chars, typed_at)
                SELECT {}, m.account_id, s.region_id, s.id, 'PC', 'x', i.item_id, 'PLAN', 2026, '○', 0, 0, 1, 0
                FROM {sheets} JOIN membership m ON m.region_id = s.region_id
                    JOIN sheet_item i ON i.sheet_id = s.id AND i.position = 0",
                sql.id(11, "row_number() OVER ()")
            ),
            format!(
                "INSERT INTO request (account_id, request_id, kind, at, outcome)
                SELECT {account}, {}, 'x', 1900000000000, '{{}}' {each}",
                sql.id(12, nth)
            ),
            format!(
                "INSERT INTO access_log (id, at, account_id, address, kind)
                SELECT {}, 1900000000000, {account}, '192.0.2.1', 'SIGN_IN' {each}",
                sql.id(16, nth)
            ),
            format!(
                "INSERT INTO sign_in_failure (at, login_hash, network, known)
                SELECT 1900000000000, {}, '192.0.2.' || n.i, FALSE {each}",
                sql.text_id(17, nth)
            ),
            format!(
                "INSERT INTO sign_in_network (login_hash, network, seen_at)
                SELECT {}, '192.0.2.' || n.i, 1900000000000 {each}",
                sql.text_id(17, nth)
            ),
        ]
    }
}

/// What the two databases write differently.
struct Sql {
    postgres: bool,
}

impl Sql {
    /// A UUID of a kind and an expression's number, as text.
    fn text_id(&self, kind: u32, number: &str) -> String {
        match self.postgres {
            true => format!("('{kind:08x}-0000-7000-8000-' || lpad(to_hex(({number})::bigint), 12, '0'))"),
            false => format!("printf('{kind:08x}-0000-7000-8000-%012x', {number})"),
        }
    }

    fn id(&self, kind: u32, number: &str) -> String {
        let text = self.text_id(kind, number);
        match self.postgres {
            true => format!("{text}::uuid"),
            false => format!("unhex(replace({text}, '-', ''))"),
        }
    }

    /// A column's UUID as text.
    fn shown(&self, column: &str) -> String {
        if self.postgres {
            return format!("{column}::text");
        }
        let part = |from, length| format!("substr(lower(hex({column})), {from}, {length})");
        [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)].join(" || '-' || ")
    }

    fn json(&self, text: &str) -> String {
        if self.postgres { format!("({text})::json") } else { text.to_owned() }
    }
}
