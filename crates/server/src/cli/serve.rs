//! `renkei serve`.

use super::{DatabaseArg, Failure, say};
use crate::{
    App, Config, Db, clock, demo, graphql::Introspection, http, http::Limits, request, session, token,
};
use clap::Args;
use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};
use tokio::net::{TcpListener, lookup_host};

/// How often what has run out is removed.
const TIDY_EVERY: Duration = Duration::from_millis(clock::HOUR.unsigned_abs());

/// Serve the product over HTTP until stopped with Ctrl+C / サーバーを起動する（Ctrl+C で終わる）
///
/// Prints the address it listens on. For real use put a reverse proxy with TLS in front of it, and set
/// --secure-cookies and --proxy.
///
/// 起動すると、開くべきアドレスを表示します。本番ではTLSを話すリバースプロキシーの後ろに置いてください。
#[derive(Args)]
#[command(
    verbatim_doc_comment,
    after_help = "\
Examples / 例:
  renkei serve
  renkei serve --demo --listen 127.0.0.1:3000
  RENKEI_DATABASE=postgres://renkei:secret@db/renkei renkei serve --listen 0.0.0.0:8080 \\
      --secure-cookies --proxy 10.0.0.5 --origin https://renkei.example"
)]
pub struct Serve {
    #[command(flatten)]
    database: DatabaseArg,
    /// Address and port; port 0 takes a free one / 待ち受けるアドレスとポート（0なら空いているポート）
    #[arg(long, env = "RENKEI_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: String,
    /// Load the sample region and demo accounts once; loopback addresses only / 見本の圏域とアカウントを入れる（この機械からだけ使えます）
    ///
    /// All demo accounts have the password `renkei-demo`: never on a database that is meant for real use.
    ///
    /// 見本のアカウントのパスワードはどれも renkei-demo です。本番のデータベースには使わないでください。
    #[arg(long)]
    demo: bool,
    /// Cookies go over TLS alone / クッキーをTLSだけで送る
    #[arg(long, env = "RENKEI_SECURE_COOKIES")]
    secure_cookies: bool,
    /// A proxy whose X-Forwarded-For is believed; may be repeated / X-Forwarded-For を信じるプロキシーのアドレス（くり返し可）
    #[arg(long = "proxy", env = "RENKEI_PROXIES", value_name = "ADDRESS", value_delimiter = ',')]
    proxies: Vec<IpAddr>,
    /// What browsers show, where a proxy hides it / ブラウザーに見えるアドレス（プロキシーが Host を変える場合）
    #[arg(long, env = "RENKEI_ORIGIN", value_name = "URL", value_parser = http::public_origin)]
    origin: Option<String>,
    /// Connections at a time, as far as the system gives file handles / 同時に受け付ける接続の数
    #[arg(long, env = "RENKEI_CONNECTIONS", value_name = "NUMBER", default_value_t = Limits::default().connections)]
    connections: usize,
    /// Connections at a time of one address; those of --proxy are not counted / 1つのアドレスからの接続の数（--proxy のアドレスは数えません）
    ///
    /// A town hall behind one address needs up to 7 for each person. Further ones are closed.
    ///
    /// 庁舎全体が1つのアドレスから来る場合は、1人につき7までを見込んでください。超えた接続は閉じます。
    #[arg(long, env = "RENKEI_CONNECTIONS_PER_ADDRESS", value_name = "NUMBER", default_value_t = Limits::default().connections_per_address)]
    connections_per_address: usize,
    /// Operations that run at a time; sixteen times as many wait, others are answered 503 / 同時に行う操作の数
    #[arg(long, env = "RENKEI_OPERATIONS_AT_ONCE", value_name = "NUMBER", default_value_t = Limits::default().operations)]
    operations_at_once: usize,
    /// Memory for finished answers, in MiB; 0: none / 答えを覚えておくメモリ（MiB。0なら覚えません）
    #[arg(long, env = "RENKEI_ANSWER_MEMORY", value_name = "MIB", default_value_t = http::ANSWER_BYTES >> 20)]
    answer_memory: u64,
    /// Who may ask the API for its schema / APIのスキーマを調べられる人（signed-in：サインインした人だけ、open：だれでも）
    #[arg(long, env = "RENKEI_INTROSPECTION", value_enum, default_value_t, value_name = "WHO")]
    introspection: Introspection,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let address = self.address().await?;
        let db = self.database.open().await?;
        if self.demo {
            demo::load(&db).await?;
        }
        let cannot = |error| Failure(format!("{address} で待ち受けられません：{error}"));
        let listener = TcpListener::bind(address).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        let limits = self.limits();
        let config = Config {
            secure_cookies: self.secure_cookies,
            proxies: self.proxies,
            origin: self.origin,
            limits,
            introspection: self.introspection,
            answer_bytes: Some(self.answer_memory.saturating_mul(1 << 20)),
            ..Config::default()
        };
        let app = App::new(db.clone(), config);
        let tidying = tokio::spawn(tidy(db));
        say(format!("ブラウザーで次のアドレスを開いてください（終わるには Ctrl+C）。\nhttp://{address}"));
        if self.demo {
            print_accounts();
        }
        http::serve(listener, app, http::asked_to_stop()).await;
        tidying.abort();
        Ok(())
    }

    fn limits(&self) -> Limits {
        let operations = self.operations_at_once.max(1);
        Limits {
            connections: http::handles::connections(self.connections),
            connections_per_address: self.connections_per_address,
            operations,
            // Everybody of a region who rereads a sheet that has just been changed.
            queue: 16 * operations,
            ..Limits::default()
        }
    }

    async fn address(&self) -> Result<SocketAddr, Failure> {
        let given = &self.listen;
        let unusable = || {
            Failure(format!("--listen の「{given}」は使えません。127.0.0.1:8080 のように指定してください。"))
        };
        let address =
            lookup_host(given).await.ok().and_then(|mut found| found.next()).ok_or_else(unusable)?;
        if self.demo && !address.ip().is_loopback() {
            let message = "--demo はだれでも知っているパスワードを使うため、この機械の中（127.0.0.1 など）でしか待ち受けません。";
            return Err(Failure(message.to_owned()));
        }
        Ok(address)
    }
}

fn print_accounts() {
    say(format!("見本のアカウント（パスワードはどれも {}）：", demo::PASSWORD));
    for account in &demo::ACCOUNTS {
        say(format!("  {:<13}{}（{}）", account.login, account.name, account.organization));
    }
}

async fn tidy(db: Db) {
    let mut hours = tokio::time::interval(TIDY_EVERY);
    loop {
        hours.tick().await;
        let done = [
            session::service::tidy(&db).await,
            request::service::tidy(&db).await,
            token::service::tidy(&db).await,
        ];
        for done in done {
            if let Err(fault) = done {
                fault.log();
            }
        }
    }
}
