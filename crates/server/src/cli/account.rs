//! `renkei account`.

use super::{DatabaseArg, Failure, one_of, say};
use crate::account::service::{self, Added, NewAccount};
use clap::Subcommand;
use renkei_domain::{Role, limits};
use std::io::{IsTerminal, stdin};

#[derive(Subcommand)]
pub enum AccountCommand {
    /// Add an account with a role in a region / アカウントを、圏域での役割とともに追加する
    ///
    /// The password is asked for twice, or read from the first line of standard input; it is never an argument, which
    /// others on the machine could see. A login that exists in the same organisation gets a role in another region and
    /// keeps its password.
    ///
    /// パスワードは画面で2回たずねるか、標準入力の1行目から読みます（引数では渡せません）。
    /// 同じ機関にすでにあるログイン名は、別の圏域での役割が加わり、パスワードはそのままです。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Roles / 役割:
  VIEWER 閲覧者   EDITOR 編集者   APPROVER 承認者   ADMIN 圏域の管理者

Examples / 例:
  renkei account add --login honjo --name '本庄市 担当者' --organization 本庄市 \\
      --region 本庄市児玉郡 --role EDITOR
  renkei account add --login admin --name システム管理者 --organization 在宅医療連携拠点 \\
      --region 本庄市児玉郡 --role ADMIN --operator < password.txt"
    )]
    Add {
        /// Name to sign in with / ログイン名
        #[arg(long)]
        login: String,
        /// Name to show / 表示する名前
        #[arg(long)]
        name: String,
        /// Organisation of this person; it belongs to the region / 属する機関（圏域の機関）
        #[arg(long, value_name = "NAME")]
        organization: String,
        /// Region of the role / 役割をもつ圏域
        #[arg(long, value_name = "NAME")]
        region: String,
        /// Role in the region / 圏域での役割
        #[arg(long, value_parser = role)]
        role: Role,
        /// Runs the installation: reads every region, with a trace in the access log / システム管理者（すべての圏域を閲覧でき、記録が残る）
        #[arg(long)]
        operator: bool,
        #[command(flatten)]
        database: DatabaseArg,
    },
    /// Give an account another role in a region / アカウントの、圏域での役割を変える
    ///
    /// It holds at once, also where the person is signed in.
    ///
    /// サインイン中の人にも、すぐに効きます。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples / 例:
  renkei account set-role --login honjo --region 本庄市児玉郡 --role VIEWER"
    )]
    SetRole {
        /// Name to sign in with / ログイン名
        #[arg(long)]
        login: String,
        /// Region of the role / 役割をもつ圏域
        #[arg(long, value_name = "NAME")]
        region: String,
        /// The new role / 新しい役割
        #[arg(long, value_parser = role)]
        role: Role,
        #[command(flatten)]
        database: DatabaseArg,
    },
    /// Take an account's role in a region away / アカウントから、圏域での役割をなくす
    ///
    /// The person no longer reads the region, from this moment on. The account stays, and so does what it wrote.
    ///
    /// その人は圏域をすぐに閲覧できなくなります。アカウントと、書いたものは残ります。
    #[command(
        verbatim_doc_comment,
        after_help = "\
Examples / 例:
  renkei account remove-role --login honjo --region 本庄市児玉郡"
    )]
    RemoveRole {
        /// Name to sign in with / ログイン名
        #[arg(long)]
        login: String,
        /// Region of the role / 役割をもつ圏域
        #[arg(long, value_name = "NAME")]
        region: String,
        #[command(flatten)]
        database: DatabaseArg,
    },
}

impl AccountCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add { login, name, organization, region, role, operator, database } => {
                let db = database.open().await?;
                let password = match service::is_known(&db, &login).await? {
                    true => None,
                    false => Some(password()?),
                };
                let (login, name, organization, region) = (&*login, &*name, &*organization, &*region);
                let new = NewAccount { login, name, organization, region, role, operator };
                let added = service::add(&db, new, password.as_deref()).await?;
                let (login, region) = (login.trim(), region.trim());
                say(match added {
                    Added::Account => format!("アカウント「{login}」を圏域「{region}」に追加しました。"),
                    Added::Membership => format!(
                        "アカウント「{login}」に圏域「{region}」での役割を加えました（パスワードはそのままです）。"
                    ),
                });
            }
            Self::SetRole { login, region, role, database } => {
                let db = database.open().await?;
                let (login, region, name) = (login.trim(), region.trim(), role.name());
                say(match service::set_role(&db, login, region, Some(role)).await? {
                    true => format!("アカウント「{login}」の圏域「{region}」での役割を{name}にしました。"),
                    false => format!("アカウント「{login}」の圏域「{region}」での役割は、すでに{name}です。"),
                });
            }
            Self::RemoveRole { login, region, database } => {
                let db = database.open().await?;
                let (login, region) = (login.trim(), region.trim());
                service::set_role(&db, login, region, None).await?;
                say(format!("アカウント「{login}」から圏域「{region}」での役割をなくしました。"));
            }
        }
        Ok(())
    }
}

fn password() -> Result<String, Failure> {
    let unreadable = |error| Failure(format!("パスワードを読めません：{error}"));
    if !stdin().is_terminal() {
        let mut line = String::new();
        stdin().read_line(&mut line).map_err(unreadable)?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    let min = limits::PASSWORD_CHARS_MIN;
    let password =
        rpassword::prompt_password(format!("パスワード（{min}文字以上）: ")).map_err(unreadable)?;
    let again = rpassword::prompt_password("もう一度: ").map_err(unreadable)?;
    if password == again {
        Ok(password)
    } else {
        Err(Failure("2回のパスワードが違います。".to_owned()))
    }
}

fn role(code: &str) -> Result<Role, String> {
    one_of(Role::from_code, &Role::ALL.map(Role::code), code)
}
