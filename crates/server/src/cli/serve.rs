//! `renkei serve`.

use super::{DatabaseArg, Failure};
use crate::{App, Config, Db, clock, demo, http, request, session};
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
        let config =
            Config { secure_cookies: self.secure_cookies, proxies: self.proxies, origin: self.origin };
        let app = App::new(db.clone(), config);
        let tidying = tokio::spawn(tidy(db));
        println!("ブラウザーで次のアドレスを開いてください（終わるには Ctrl+C）。\nhttp://{address}");
        if self.demo {
            print_accounts();
        }
        http::serve(listener, http::router(app), http::asked_to_stop()).await;
        tidying.abort();
        Ok(())
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
    println!("見本のアカウント（パスワードはどれも {}）：", demo::PASSWORD);
    for account in &demo::ACCOUNTS {
        println!("  {:<13}{}（{}）", account.login, account.name, account.organization);
    }
}

async fn tidy(db: Db) {
    let mut hours = tokio::time::interval(TIDY_EVERY);
    loop {
        hours.tick().await;
        for done in [session::service::tidy(&db).await, request::service::tidy(&db).await] {
            if let Err(fault) = done {
                fault.log();
            }
        }
    }
}
