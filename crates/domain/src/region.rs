//! Regions (圏域), their organisations (機関) and the roles that accounts hold in them.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganizationKind {
    /// 在宅医療連携拠点
    Hub,
    /// 市町村
    Municipality,
    /// 保健所
    HealthCenter,
    /// 地域包括支援センター
    SupportCenter,
    /// 協議会
    Council,
}

impl OrganizationKind {
    pub const ALL: [OrganizationKind; 5] =
        [Self::Hub, Self::Municipality, Self::HealthCenter, Self::SupportCenter, Self::Council];

    /// The spelling of SQL, GraphQL and the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Hub => "HUB",
            Self::Municipality => "MUNICIPALITY",
            Self::HealthCenter => "HEALTH_CENTER",
            Self::SupportCenter => "SUPPORT_CENTER",
            Self::Council => "COUNCIL",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What an account may do in a region; each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Role {
    /// 閲覧者
    Viewer,
    /// 編集者
    Editor,
    /// 承認者
    Approver,
    /// 圏域の管理者
    Admin,
}

impl Role {
    pub const ALL: [Role; 4] = [Role::Viewer, Role::Editor, Role::Approver, Role::Admin];

    pub fn code(self) -> &'static str {
        match self {
            Role::Viewer => "VIEWER",
            Role::Editor => "EDITOR",
            Role::Approver => "APPROVER",
            Role::Admin => "ADMIN",
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Role::Viewer => "閲覧者",
            Role::Editor => "編集者",
            Role::Approver => "承認者",
            Role::Admin => "圏域の管理者",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}
