//! The load of `cargo xtask bench http`: good requests beside 1,000 slow sockets, and ten times the load that the server
//! can serve. The server under test (`RENKEI_BIN`) has one core, the load another one; rounds are interleaved, and medians
//! of them compared.

mod good;
mod overload;
mod slow;

use renkei_tests::{Client, Database, Matrix, PASSWORD, Serving};
use serde_json::json;
use std::process::{Command, ExitCode};

const SERVERS_CORE: usize = 0;
const LOADS_CORE: usize = 1;
/// Fixed, so that each run sends the same.
const SEED: u64 = 20_260_401;

fn main() -> ExitCode {
    let own = std::process::id().to_string();
    let core = LOADS_CORE.to_string();
    let pinned = Command::new("taskset").args(["--all-tasks", "--cpu-list", "--pid", &core, &own]).output();
    assert!(pinned.is_ok_and(|done| done.status.success()), "taskset is there, and a second core");
    let database = Database::demo();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let server = Serving::on_core(SERVERS_CORE, folder.path(), &["--database", database.url()]);
    let address = server.url.trim_start_matches("http://").to_owned();
    let whole_sheet = whole_sheet(&server.url);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);
    let mut good = true;
    if wanted("slow") {
        good &= runtime.block_on(slow::compare(&address, &whole_sheet));
    }
    if wanted("overload") {
        good &= runtime.block_on(overload::compare(&address, &whole_sheet));
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a page asks when it is opened, as bytes on the line.
fn whole_sheet(url: &str) -> Vec<u8> {
    let hub = Client::new(url).sign_in("hub", PASSWORD);
    let matrix = Matrix::read(&hub);
    let query = "query($region: ID!, $year: Int!) { sheet(regionId: $region, fiscalYear: $year) {
        id fiscalYear title phase seq columns { facet fiscalYear heading asOf footnote }
        rows { item { id code title scenes position } cells { facet fiscalYear viewerCanEdit hiddenCount entries {
            id body notes { kind text depth } explicitScenes scenes owner { id shortName } position version
            updatedAt updatedBy { id name } viewerCanEdit } } } } }";
    let variables = json!({ "region": matrix.region["id"], "year": matrix.sheet["fiscalYear"] });
    let body = json!({ "query": query, "variables": variables }).to_string();
    let cookie = hub.token().expect("signed in");
    let length = body.len();
    format!(
        "POST /graphql HTTP/1.1\r\nhost: renkei\r\ncontent-type: application/json\r\ncookie: renkei_session={cookie}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Says whether a ratio is within its bound.
fn figure(what: &str, value: f64, bound: f64, met: bool) -> bool {
    println!("  {what}: {value:.3}, bound {bound}: {}", if met { "met" } else { "MISSED" });
    met
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }
}
