//! Code, title and scenes of an item.

use super::super::item::read;
use renkei_domain::CareScene;

const ALL: &str = "日常,入退院,急変,看取り";

#[track_caller]
fn check(field: &str, code: &str, title: &str, scenes: &str) {
    let item = read(field).unwrap_or_else(|reason| panic!("{field}: {reason}"));
    let named: Vec<&str> = item.scenes.iter().map(CareScene::short_name).collect();
    assert_eq!(
        (item.code.as_str(), item.title.as_str(), named.join(",").as_str()),
        (code, title, scenes),
        "{field}"
    );
}

#[test]
fn the_code_is_kept_as_written() {
    for (field, code) in [
        ("（ア）資源の把握", "ア"),
        (" （ア）　資源の把握", "ア"),
        ("(ｱ)資源の把握", "ｱ"),
        ("<b>（ア）</b>資源の把握", "ア"),
        ("<p>（<b>ア</b>）<br>資源の把握</p>", "ア"),
        ("【1-2】資源の把握", "1-2"),
        ("〔A〕 資源の把握", "A"),
        ("（①）資源の把握", "①"),
        ("（ ア ）資源の把握", "ア"),
        ("ア　資源の把握", "ア"),
        ("ｱ．資源の把握", "ｱ"),
        ("１．資源の把握", "１"),
        ("12 資源の把握", "12"),
        ("ア<br>資源の把握", "ア"),
    ] {
        check(field, code, "資源の把握", "");
    }
}

#[test]
fn a_cell_without_code_or_title_is_refused() {
    let code = "事業項目の記号（「（ア）」など）が読めません。セルの初めに書いてください。";
    for field in [
        "",
        "資源の把握",
        "（）資源の把握",
        "（ア",
        "（在宅医療と介護の連携）の推進",
        "【看取り】資源の把握",
        "ア",
        "在宅 医療",
    ] {
        assert_eq!(read(field).unwrap_err(), code, "{field}");
    }
    for field in ["（ア）", "（ア） 　", "（ア）【看取り】"] {
        assert_eq!(read(field).unwrap_err(), "項目「ア」の名称がありません。", "{field}");
    }
    let long = format!("（ア）{}", "あ".repeat(201));
    assert_eq!(read(&long).unwrap_err(), "項目の名称は200文字までです（今は201文字）。");
    assert!(read("（ア）資源\u{1}").is_err());
}

#[test]
fn scenes_are_known_whatever_is_round_them() {
    for field in [
        "（ア）資源の把握 <div><div>日常の療養支援</div> <div>入退院支援</div></div> <div><div>急変時の対応</div><div>看取り</div></div>",
        "（ア）資源の把握<ul><li>日常の療養支援<li>入退院支援<li>急変時の対応<li>看取り",
        "（ア）資源の把握<br>日常の療養支援<br>入退院支援<br>急変時の対応<br>看取り",
        "（ア）資源の把握<b>日常の療養支援</b><b>入退院支援</b><b>急変時の対応</b><b>看取り</b>",
        "（ア）資源の把握 <span>日常の療養支援</span>・<span>入退院支援</span>／<span>急変時の対応</span>、<span>看取り</span>",
        "（ア）資源の把握 日常の療養支援 入退院支援　急変時の対応 看取り",
        "（ア）資源の把握 日常の療養支援・入退院支援、急変時の対応/看取り",
        "（ア）資源の把握【日常の療養支援】【入退院支援】［急変時の対応］[看取り]",
        "（ア）資源の把握（日常の療養支援・入退院支援・急変時の対応・看取り）",
        "（ア）資源の把握 〔日常の療養支援〕〈入退院支援〉(急変時の対応)《看取り》",
        "（ア）資源の把握 □日常の療養支援 □入退院支援 □急変時の対応 □看取り",
        "（ア）資源の把握 ■日常の療養支援■入退院支援<br>■ 急変時の対応■<b>看取り</b>",
        "（ア）【日常の療養支援】【入退院支援】【急変時の対応】【看取り】資源の把握",
        "（ア）<br>日常の療養支援 入退院支援<br>資源の把握<br>急変時の対応 看取り",
        "（ア）資源の把握<table><tr><td>日常の療養支援<td>入退院支援<tr><td>急変時の対応<td>看取り</table>",
        "（ア）資源の把握 日常の<b>療養支援</b> 入退院 支援 急変時の対応 看<br>取り",
    ] {
        check(field, "ア", "資源の把握", ALL);
    }
}

#[test]
fn only_the_scenes_that_are_there_are_read() {
    check("（カ）研修<div>看取り</div><div>急変時の対応</div>", "カ", "研修", "急変,看取り");
    check("（カ）研修 ■日常の療養支援 □入退院支援 □急変時の対応 ■看取り", "カ", "研修", "日常,看取り");
    check("（カ）研修 ☑看取り ☐急変時の対応", "カ", "研修", "看取り");
    check("（カ）研修", "カ", "研修", "");
}

#[test]
fn a_title_that_speaks_of_a_scene_stays_whole() {
    for title in [
        "看取りに関する普及啓発",
        "在宅での「看取り」の推進",
        "日常生活の支援・看取り",
        "急変時の対応と看取り",
        "急変時の対応 の検討",
        "看取り の推進",
        "研修（看取り等）",
        "研修（場面：看取り）",
        "入退院支援ルールの普及",
        "看取り期の支援、急変時の対応（ACP）",
        "医療・介護の資源（4つの場面）の把握",
    ] {
        check(&format!("（キ）{title}"), "キ", title, "");
        check(&format!("（キ）{title}<div>看取り</div>"), "キ", title, "看取り");
    }
    check("（キ）<b>看取り</b>の推進", "キ", "看取りの推進", "");
    check("（キ）看取り", "キ", "看取り", "");
    check("（キ）看取り<div>看取り</div>", "キ", "看取り", "看取り");
}

#[test]
fn white_space_within_a_title_stays() {
    check("（ア）\u{a0}在宅　医療  介護<br>連携 <div>看取り</div>", "ア", "在宅　医療  介護 連携", "看取り");
}
