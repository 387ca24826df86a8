//! `renkei token`.

use super::{DatabaseArg, Failure, say};
use crate::{
    Db,
    account::service::id_of,
    clock,
    token::{self, Token, service},
};
use clap::Subcommand;
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
    List {
        /// Name to sign in with / ログイン名
        #[arg(long)]
        login: String,
        #[command(flatten)]
        database: DatabaseArg,
    },
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
    Revoke {
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
    },
}

impl TokenCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::List { login, database } => {
                let (db, login) = (database.open().await?, login.trim());
                let tokens = token::of_account(db.direct(), account(&db, login).await?).await?;
                if tokens.is_empty() {
                    say(format!("アカウント「{login}」のAPIトークンはありません。"));
                }
                for token in &tokens {
                    say(line(token));
                }
            }
            Self::Revoke { login, name, database, .. } => {
                let (db, login) = (database.open().await?, login.trim());
                let revoked = service::revoke_of(&db, account(&db, login).await?, name.as_deref()).await?;
                match (revoked.as_slice(), name) {
                    ([], Some(name)) => {
                        let name = name.trim();
                        let message = format!("アカウント「{login}」にAPIトークン「{name}」はありません。");
                        return Err(Failure(message));
                    }
                    ([], None) => say(format!("アカウント「{login}」のAPIトークンはありません。")),
                    (names, _) => {
                        let names = names.join("」「");
                        say(format!("アカウント「{login}」のAPIトークン「{names}」を取り消しました。"));
                    }
                }
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
