//! Tab-separated text, in any encoding that staff's programs write.

use super::{Form, Opened};
use crate::table::{Table, TableName};
use encoding_rs::{Encoding, SHIFT_JIS, UTF_8, UTF_16BE, UTF_16LE};
use renkei_domain::fields;

pub fn open(text: &str) -> Opened<'_> {
    let rows = fields::rows(text).into_iter().filter(|row| !row.is_blank()).collect();
    let table = Table {
        name: TableName::File,
        rows,
        merged: Vec::new(),
        strict: true,
        hidden: false,
        notices: Vec::new(),
    };
    Opened { form: Form::Tsv, tables: vec![table], known: None, around: Vec::new(), notices: Vec::new() }
}

/// The text of a file: what its byte order mark says, else UTF-8 if it is that, else Shift_JIS as Windows has it (CP932).
pub fn decoded(file: &[u8]) -> Result<String, String> {
    let known: Option<(&'static Encoding, usize)> = Encoding::for_bom(file);
    let (encoding, bom) = known.unwrap_or_else(|| match std::str::from_utf8(file) {
        Ok(_) => (UTF_8, 0),
        Err(_) => (SHIFT_JIS, 0),
    });
    let text = encoding.decode_without_bom_handling_and_without_replacement(&file[bom..]);
    text.map(|text| text.into_owned()).ok_or_else(|| undecodable(file, encoding))
}

fn undecodable(file: &[u8], encoding: &'static Encoding) -> String {
    if encoding == UTF_16LE || encoding == UTF_16BE {
        return "文字コードがUTF-16として読めません。メモ帳などで開き、UTF-8で保存し直してください。"
            .to_owned();
    }
    let valid = std::str::from_utf8(file).map_or_else(|error| error.valid_up_to(), str::len);
    let (line, column) = fields::position(&String::from_utf8_lossy(&file[..valid]));
    format!("{line}行目{column}列目：文字コードが読めません。メモ帳などで開き、UTF-8で保存し直してください。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_of_staffs_programs_is_read() {
        let text = "事業項目\t髙﨑①～";
        let utf16 = |bom: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            bom.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
        };
        for file in [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            SHIFT_JIS.encode(text).0.into_owned(),
            utf16([0xff, 0xfe], u16::to_le_bytes),
            utf16([0xfe, 0xff], u16::to_be_bytes),
        ] {
            assert_eq!(decoded(&file).as_deref(), Ok(text), "{file:?}");
        }
        assert!(decoded(b"\xff\xff\x00").unwrap_err().contains("UTF-8"));
        assert!(decoded(&[0xff, 0xfe, 0x00]).is_err());
    }
}
