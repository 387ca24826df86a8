//! `renkei token`.

use super::{DatabaseArg, Failure, say};
use crate::{
    Db,
    account::service::id_of,
    clock,
    token::{self, Token, service},
};
use clap::{Args, Subcommand};
use renkei_domain::AccountId;

#[derive(Subcommand)]
pub enum TokenCommand {
    /// List somebody's tokens / ある人のAPIトークンを一覧する
    ///
    /// With what each may do, until when, and when and from where it was last used (times in UTC). Nobody can see the
    /// secret of a token again.
    ///
    /// できること、期限、最後に使われた時刻とアドレスを表示します（時刻は協定世界時）。トークンの文字列は表示できません。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples / 例:
  renkei token list --login honjo"
    )]
    List(List),
    /// Revoke somebody's tokens / ある人のAPIトークンを取り消す
    ///
    /// It holds at once, and ends their connections. Making a token is for its person alone, on the screen.
    ///
    /// すぐに効き、つながっているものも切れます。トークンを作ることは、本人が画面で行います。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples / 例:
  renkei token revoke --login honjo --name 毎月の集計
  renkei token revoke --login honjo --all"
    )]
    Revoke(Revoke),
}

#[derive(Args)]
pub struct List {
    /// Name to sign in with / ログイン名
    #[arg(long)]
    login: String,
    #[command(flatten)]
    database: DatabaseArg,
}

#[derive(Args)]
pub struct Revoke {
    /// Name to sign in with / ログイン名
    #[arg(long)]
    login: String,
    /// Name of the token / トークンの名前
    #[arg(long, required_unless_present = "all")]
    name: Option<String>,
    /// All of this person's / その人のトークンすべて
    #[arg(long, conflicts_with = "name")]
    all: bool,
    #[command(flatten)]
    database: DatabaseArg,
}

impl TokenCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run().await,
            Self::Revoke(revoke) => revoke.run().await,
        }
    }
}

impl List {
    async fn run(self) -> Result<(), Failure> {
        let db = self.database.open().await?;
        let tokens = token::of_account(db.direct(), account(&db, &self.login).await?).await?;
        if tokens.is_empty() {
            say(format!("アカウント「{}」のAPIトークンはありません。", self.login.trim()));
        }
        for token in &tokens {
            say(line(token));
        }
        Ok(())
    }
}

impl Revoke {
    async fn run(self) -> Result<(), Failure> {
        let db = self.database.open().await?;
        let login = self.login.trim();
        let revoked = service::revoke_of(&db, account(&db, login).await?, self.name.as_deref()).await?;
        match (revoked.as_slice(), &self.name) {
            ([], Some(name)) => {
                let message = format!("アカウント「{login}」にAPIトークン「{}」はありません。", name.trim());
                return Err(Failure(message));
            }
            ([], None) => say(format!("アカウント「{login}」のAPIトークンはありません。")),
            (names, _) => {
                say(format!(
                    "アカウント「{login}」のAPIトークン「{}」を取り消しました。",
                    names.join("」「")
                ));
            }
        }
        Ok(())
    }
}

async fn account(db: &Db, login: &str) -> Result<AccountId, Failure> {
    let unknown = || Failure(format!("ログイン名「{}」のアカウントはありません。", login.trim()));
    id_of(db, login).await?.ok_or_else(unknown)
}

fn line(token: &Token) -> String {
    let expired = if token.expires_at <= clock::now() { "（期限切れ）" } else { "" };
    let used = match token.used {
        Some((at, from)) => format!("最後に使用 {}（{from}）", time(at)),
        None => "未使用".to_owned(),
    };
    format!("{}  {}  期限 {}{expired}  {used}", token.name, token.scope.name(), time(token.expires_at))
}

fn time(at: i64) -> String {
    jiff::Timestamp::from_millisecond(at).unwrap_or_default().strftime("%Y-%m-%d %H:%MZ").to_string()
}
