//! The command line: what `renkei` understands. Each command works beside a running server, on the same database.

mod account;
mod export;
mod import;
mod organization;
mod region;
mod serve;
mod token;

use crate::{Db, Fault, OpenError, graphql, refusal::Stop};
use clap::{Args, Parser, Subcommand};
use std::{
    fmt::Display,
    io::{self, Write},
    process::ExitCode,
};

/// Renkei: the collaboration matrix of home medical care and long-term care.
///
/// 在宅医療・介護連携の計画・評価表を、みんなで編集するサーバー。
#[derive(Parser)]
#[command(name = "renkei", version, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
First steps / はじめかた:
  renkei serve --demo                              try it with the sample / 見本で試す
  renkei region add 本庄市児玉郡                    a region with its hub / 圏域と拠点をつくる
  renkei organization add 本庄市 --kind MUNICIPALITY --region 本庄市児玉郡
  renkei import r8.tsv --region 本庄市児玉郡 --fiscal-year R8
  renkei export --region 本庄市児玉郡 --fiscal-year R8 --format xlsx -o r8.xlsx
  renkei account add --login honjo --name '本庄市 担当者' --organization 本庄市 \\
      --region 本庄市児玉郡 --role EDITOR
  renkei serve                                     http://127.0.0.1:8080

Every command that uses the database takes --database (or RENKEI_DATABASE) and works beside a running server.
データベースを使うコマンドはどれも --database（または環境変数 RENKEI_DATABASE）で指定でき、サーバーの動作中にも使えます。
`renkei COMMAND --help` says more / くわしくは `renkei コマンド --help`";

#[derive(Subcommand)]
enum Command {
    Serve(serve::Serve),
    /// Regions / 圏域
    #[command(subcommand)]
    Region(region::RegionCommand),
    /// Organisations / 機関
    #[command(subcommand)]
    Organization(organization::OrganizationCommand),
    Import(import::Import),
    Export(export::Export),
    /// Accounts / アカウント
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Tokens of the API / APIトークン
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Print the GraphQL schema / GraphQLのスキーマを表示する
    Schema,
}

/// Where the data is.
#[derive(Args)]
struct DatabaseArg {
    /// SQLite file (made if missing) or PostgreSQL address / SQLiteのファイル（なければ作る）またはPostgreSQLのアドレス
    #[arg(
        long,
        env = "RENKEI_DATABASE",
        default_value = "sqlite://renkei.db",
        value_name = "URL",
        hide_env_values = true
    )]
    database: String,
}

impl DatabaseArg {
    async fn open(&self) -> Result<Db, Failure> {
        Ok(Db::open(&self.database).await?)
    }
}

/// Why a command did not do what it was asked, in words for whoever typed it.
struct Failure(String);

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        Failure(error.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Failure(format!("問題が起きました：{}", fault.with_causes()))
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Refused(refusal) => Failure(refusal.message),
            Stop::Fault(fault) => fault.into(),
        }
    }
}

/// Does what the process's arguments say.
pub async fn run() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve(serve) => serve.run().await,
        Command::Region(command) => command.run().await,
        Command::Organization(command) => command.run().await,
        Command::Import(import) => import.run().await,
        Command::Export(export) => export.run().await,
        Command::Account(command) => command.run().await,
        Command::Token(command) => command.run().await,
        Command::Schema => {
            say(graphql::sdl().trim_end());
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            // Who closed the output does not want to know.
            let _ = writeln!(io::stderr(), "エラー：{message}");
            ExitCode::FAILURE
        }
    }
}

/// What a code stands for, in capitals or not.
fn one_of<T>(from_code: impl Fn(&str) -> Option<T>, codes: &[&str], code: &str) -> Result<T, String> {
    from_code(&code.to_ascii_uppercase()).ok_or_else(|| format!("one of / 次のどれか: {}", codes.join(", ")))
}

/// Tells whoever reads the output. That nobody reads it any more (a closed pipe) stops nothing.
fn say(text: impl Display) {
    if let Err(error) = writeln!(io::stdout().lock(), "{text}") {
        tracing::warn!(%error, "nobody reads what is said");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
