//! Packages made and changed for tests.

use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// A package of these parts.
pub fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A package with each part as `change` makes it; a part of which it makes nothing is left out.
pub fn changed(file: &[u8], change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(file)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let name = part.name().to_owned();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        if let Some(bytes) = change(&name, bytes) {
            writer.start_file(name, SimpleFileOptions::default()).unwrap();
            writer.write_all(&bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

/// Without the parts whose names begin so.
pub fn without(file: &[u8], prefix: &str) -> Vec<u8> {
    changed(file, |name, bytes| (!name.starts_with(prefix)).then_some(bytes))
}

/// With a piece of one part replaced.
pub fn replaced(file: &[u8], part: &str, piece: impl Fn(&str) -> &str, by: &str) -> Vec<u8> {
    changed(file, |name, bytes| {
        if name != part {
            return Some(bytes);
        }
        let xml = String::from_utf8(bytes).unwrap();
        let piece = piece(&xml).to_owned();
        assert!(xml.contains(&piece), "{piece}");
        Some(xml.replacen(&piece, by, 1).into_bytes())
    })
}
