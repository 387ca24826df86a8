//! How a file was read: what is not taken of it, what its columns and rows were taken for, and what came of it.

use super::model::{Choices, Preview, Report};
use crate::text::import as words;
use leptos::prelude::*;
use std::sync::Arc;

/// What a person should know, each with its place in the file.
#[component]
pub fn Notices(report: Report) -> impl IntoView {
    let Report { notices, more_notices, left_out, .. } = report;
    (!notices.is_empty()).then(|| {
        let title = format!("{}（{}）", words::NOTICES, notices.len() + more_notices);
        let line = |notice: super::model::Notice| {
            let is_left_out = notice.kind == "LEFT_OUT";
            let taken = if is_left_out { words::LEFT_OUT } else { words::TAKEN };
            let place = if notice.place.is_empty() { words::WHOLE.to_owned() } else { notice.place };
            view! {
                <li>
                    <span class="tag" class:warn=is_left_out>{taken}</span>
                    <strong>{place}</strong>
                    <span>{notice.message}</span>
                </li>
            }
        };
        view! {
            <details class="import-part" open={left_out > 0}>
                <summary>{title}</summary>
                <ul class="import-notices">{notices.into_iter().map(line).collect_view()}</ul>
                {(more_notices > 0).then(|| view! { <p>{words::more_notices(more_notices)}</p> })}
            </details>
        }
    })
}

/// What columns and rows were taken for, to be said otherwise.
#[component]
pub fn HowRead(report: Report, choices: RwSignal<Choices>, on_change: Callback<()>) -> impl IntoView {
    (!report.columns.is_empty()).then(|| {
        view! {
            <details class="import-part">
                <summary>{words::HOW_READ}</summary>
                <p>{words::HOW_READ_HINT}</p>
                <Roles report choices on_change />
            </details>
        }
    })
}

/// The choice of what a table's columns and rows are.
#[component]
pub fn Roles(report: Report, choices: RwSignal<Choices>, on_change: Callback<()>) -> impl IntoView {
    let Report { tables, columns, rows, .. } = report;
    let taken = tables.iter().position(|table| table.taken).unwrap_or(0);
    let table_names: Vec<String> =
        tables.iter().enumerate().map(|(index, table)| words::table(index + 1, &table.name)).collect();
    let tables = (table_names.len() > 1).then(|| {
        let options = table_names.into_iter().enumerate().map(|(index, name)| {
            view! { <option value={index + 1} selected={index == taken}>{name}</option> }
        });
        view! {
            <label>
                <span>{words::TABLE}</span>
                <select
                    class="input"
                    on:change=move |event| {
                        let table = event_target_value(&event).parse().ok();
                        choices.set(Choices { table, ..Choices::default() });
                        on_change.run(());
                    }
                >
                    {options.collect_view()}
                </select>
            </label>
        }
    });
    let columns = columns.into_iter().map(|column| {
        let set = move |role| {
            choices.update(|choices| drop(choices.columns.insert(column.column, role)));
            on_change.run(());
        };
        let label = words::column(column.column, &column.heading);
        view! { <RoleSelect label role=column.role roles=&words::COLUMN_ROLES on_choose=set /> }
    });
    let rows = rows.into_iter().map(|row| {
        let set = move |role| {
            choices.update(|choices| drop(choices.rows.insert(row.line, role)));
            on_change.run(());
        };
        let label = words::row(row.line, &row.text);
        view! { <RoleSelect label role=row.role roles=&words::ROW_ROLES on_choose=set /> }
    });
    view! { <div class="import-roles">{tables}{columns.collect_view()}{rows.collect_view()}</div> }
}

#[component]
fn RoleSelect(
    label: String,
    role: String,
    roles: &'static [(&'static str, &'static str)],
    #[prop(into)] on_choose: Callback<String>,
) -> impl IntoView {
    let option = |(code, name): &(&'static str, &'static str)| {
        view! { <option value=*code selected={*code == role}>{*name}</option> }
    };
    view! {
        <label>
            <span>{label}</span>
            <select class="input" on:change=move |event| on_choose.run(event_target_value(&event))>
                {roles.iter().map(option).collect_view()}
            </select>
        </label>
    }
}

/// The matrix that came of it.
#[component]
pub fn AsRead(preview: Arc<Preview>) -> impl IntoView {
    let heads = preview.columns.iter().map(|column| view! { <th scope="col">{column.heading.clone()}</th> });
    let heads = heads.collect_view();
    let rows = preview.rows.iter().map(|row| {
        let cells = row.cells.iter().map(|cell| {
            let texts: Vec<String> = cell.iter().map(super::model::Text::printed).collect();
            view! { <td>{texts.join("\n")}</td> }
        });
        view! {
            <tr>
                <th scope="row">{format!("（{}） {}", row.code, row.title)}</th>
                {cells.collect_view()}
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! {
        <details class="import-part">
            <summary>{words::AS_READ}</summary>
            <div class="import-matrix" tabindex="0" role="region" aria-label=words::AS_READ>
                <table>
                    <thead>
                        <tr>
                            <td></td>
                            {heads}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}
