//! The text of every operation stands in a `.graphql` file beside the code that asks it: the server's tests and people
//! read them there. They are written anew with `RENKEI_BLESS=1 cargo test -p renkei-frontend`.

use crate::{
    account, comment, entry, handout, history, import, live, notice, region, search, session, sheet,
    suggestion, token,
};
use cynic::{MutationBuilder, QueryBuilder, SubscriptionBuilder};
use std::{collections::BTreeSet, fs, path::Path};

/// The path without its ending, and the text.
fn documents() -> Vec<(&'static str, String)> {
    macro_rules! texts {
        ($($path:literal: $noun:ident::$operation:ident($variables:expr)),+ $(,)?) => {
            vec![$(($path, $noun::queries::$operation::build($variables).query.clone())),+]
        };
    }
    let mut texts = texts![
        "account/change_password": account::ChangePassword(account::queries::ChangePasswordVariables::default()),
        "comment/add_comment": comment::AddComment(comment::queries::AddCommentVariables::default()),
        "comment/create_thread": comment::CreateThread(comment::queries::CreateThreadVariables::default()),
        "comment/reopen_thread": comment::ReopenThread(comment::queries::ThreadVariables::default()),
        "comment/resolve_thread": comment::ResolveThread(comment::queries::ThreadVariables::default()),
        "comment/withdraw_comment": comment::WithdrawComment(comment::queries::WithdrawCommentVariables::default()),
        "entry/operations/assign_many": entry::AssignEntries(entry::queries::AssignEntriesVariables::default()),
        "entry/operations/create_many": entry::CreateEntries(entry::queries::CreateEntriesVariables::default()),
        "entry/operations/delete_many": entry::DeleteEntries(entry::queries::DeleteEntriesVariables::default()),
        "entry/operations/move_many": entry::MoveEntries(entry::queries::MoveEntriesVariables::default()),
        "entry/operations/restore_many": entry::RestoreEntries(entry::queries::RestoreEntriesVariables::default()),
        "entry/operations/tag_many": entry::TagEntries(entry::queries::TagEntriesVariables::default()),
        "entry/operations/assign": entry::AssignEntry(entry::queries::AssignEntryVariables::default()),
        "entry/operations/create": entry::CreateEntry(entry::queries::CreateEntryVariables::default()),
        "entry/operations/delete": entry::DeleteEntry(entry::queries::DeleteEntryVariables::default()),
        "entry/operations/discard_draft": entry::DiscardDraft(entry::queries::DiscardDraftVariables::default()),
        "entry/operations/drafts": entry::Drafts(entry::queries::DraftsVariables::default()),
        "entry/operations/find_entry": entry::FindEntry(entry::queries::LatestChangeVariables::default()),
        "entry/operations/find_sheet": entry::FindSheet(entry::queries::FindSheetVariables::default()),
        "entry/operations/latest_change": entry::LatestChange(entry::queries::LatestChangeVariables::default()),
        "entry/operations/move": entry::MoveEntry(entry::queries::MoveEntryVariables::default()),
        "entry/operations/restore": entry::RestoreEntry(entry::queries::RestoreEntryVariables::default()),
        "entry/operations/save_draft": entry::SaveDraft(entry::queries::SaveDraftVariables::default()),
        "entry/operations/update": entry::UpdateEntry(entry::queries::UpdateEntryVariables::default()),
        "handout/handouts": handout::Handouts(handout::queries::HandoutsVariables::default()),
        "history/beside": history::Beside(history::queries::BesideVariables::default()),
        "history/create_snapshot": history::CreateSnapshot(history::queries::CreateSnapshotVariables::default()),
        "history/note_visit": history::NoteVisit(history::queries::NoteVisitVariables::default()),
        "history/of_entry": history::EntryHistory(history::queries::EntryHistoryVariables::default()),
        "history/of_sheet": history::SheetHistory(history::queries::SheetHistoryVariables::default()),
        "history/since": history::Since(history::queries::SinceVariables::default()),
        "import/place": import::ImportPlace(import::queries::ImportPlaceVariables::default()),
        "live/announce": live::AnnouncePresence(live::queries::AnnouncePresenceVariables::default()),
        "live/polled": live::PolledSheetEvents(live::queries::SinceVariables::default()),
        "notice/notice_count": notice::NoticeCount(()),
        "notice/notices": notice::Notices(notice::queries::NoticesVariables::default()),
        "notice/read_notices": notice::ReadNotices(notice::queries::ReadNoticesVariables::default()),
        "region/start": region::Start(region::queries::StartVariables::default()),
        "search/place": search::SearchPlace(search::queries::SearchPlaceVariables::default()),
        "search/search": search::Search(search::queries::SearchVariables::default()),
        "session/sign_in": session::SignIn(session::queries::SignInVariables::default()),
        "session/sign_out": session::SignOut(()),
        "session/viewer": session::Viewer(()),
        "sheet/snapshot": sheet::SheetSnapshot(sheet::queries::SnapshotVariables::default()),
        "sheet/sheet": sheet::Sheet(sheet::queries::SheetVariables::default()),
        "suggestion/decline": suggestion::DeclineSceneSuggestions(suggestion::queries::DeclineSceneSuggestionsVariables::default()),
        "suggestion/restore": suggestion::RestoreSceneSuggestions(suggestion::queries::DeclineSceneSuggestionsVariables::default()),
        "suggestion/suggestions": suggestion::Suggestions(suggestion::queries::SuggestionsVariables::default()),
        "token/create_token": token::CreateToken(token::queries::CreateTokenVariables::default()),
        "token/revoke_token": token::RevokeToken(token::queries::RevokeTokenVariables::default()),
        "token/tokens": token::Tokens(()),
    ];
    let events = live::queries::SheetEvents::build(live::queries::SinceVariables::default());
    texts.push(("live/events", events.query().to_owned()));
    texts
}

#[test]
fn every_operation_stands_in_its_file_and_no_file_is_left_over() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let bless = std::env::var_os("RENKEI_BLESS").is_some();
    let mut named = BTreeSet::new();
    for (path, text) in documents() {
        let file = source.join(format!("{path}.graphql"));
        if bless {
            fs::write(&file, &text).unwrap();
        }
        let written = fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(written, text, "{path}: write it anew with RENKEI_BLESS=1");
        named.insert(file);
    }
    let mut found = BTreeSet::new();
    find(&source, &mut found);
    assert_eq!(found, named);
}

fn find(folder: &Path, found: &mut BTreeSet<std::path::PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "graphql") {
            found.insert(path);
        }
    }
}
