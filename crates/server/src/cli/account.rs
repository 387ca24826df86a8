//! `renkei account`.

use super::{DatabaseArg, Failure, say};
use crate::account::service::{self, Added, NewAccount};
use clap::{Args, Subcommand};
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
    Add(Add),
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
    SetRole(SetRole),
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
    RemoveRole(RemoveRole),
}

#[derive(Args)]
pub struct SetRole {
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
}

#[derive(Args)]
pub struct RemoveRole {
    /// Name to sign in with / ログイン名
    #[arg(long)]
    login: String,
    /// Region of the role / 役割をもつ圏域
    #[arg(long, value_name = "NAME")]
    region: String,
    #[command(flatten)]
    database: DatabaseArg,
}

#[derive(Args)]
pub struct Add {
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
}

impl AccountCommand {
    pub(super) async fn run(self) -> Result<(), Failure> {
        match self {
            Self::Add(add) => add.run().await,
            Self::SetRole(set) => set.run().await,
            Self::RemoveRole(remove) => remove.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), Failure> {
        let add = self;
        let db = add.database.open().await?;
        let password = match service::is_known(&db, &add.login).await? {
            true => None,
            false => Some(password()?),
        };
        let new = NewAccount {
            login: &add.login,
            name: &add.name,
            organization: &add.organization,
            region: &add.region,
            role: add.role,
            operator: add.operator,
        };
        let (login, region) = (add.login.trim(), add.region.trim());
        match service::add(&db, new, password.as_deref()).await? {
            Added::Account(_) => say(format!("アカウント「{login}」を圏域「{region}」に追加しました。")),
            Added::Membership(_) => {
                say(format!(
                    "アカウント「{login}」に圏域「{region}」での役割を加えました（パスワードはそのままです）。"
                ));
            }
        }
        Ok(())
    }
}

impl SetRole {
    async fn run(self) -> Result<(), Failure> {
        let db = self.database.open().await?;
        let (login, region, role) = (self.login.trim(), self.region.trim(), self.role.name());
        match service::set_role(&db, login, region, Some(self.role)).await? {
            true => say(format!("アカウント「{login}」の圏域「{region}」での役割を{role}にしました。")),
            false => say(format!("アカウント「{login}」の圏域「{region}」での役割は、すでに{role}です。")),
        }
        Ok(())
    }
}

impl RemoveRole {
    async fn run(self) -> Result<(), Failure> {
        let db = self.database.open().await?;
        let (login, region) = (self.login.trim(), self.region.trim());
        service::set_role(&db, login, region, None).await?;
        say(format!("アカウント「{login}」から圏域「{region}」での役割をなくしました。"));
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
    Role::from_code(&code.to_ascii_uppercase()).ok_or_else(|| {
        let codes: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        format!("one of / 次のどれか: {}", codes.join(", "))
    })
}
