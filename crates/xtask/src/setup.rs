//! What the commands need besides Rust: looked for first, installed only where it is missing, each told in a line.

use crate::{run, say};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Once;

const TRUNK: &str = "0.21.14";
const CARGO_FUZZ: &str = "0.13.2";
/// Major and minor version: what the playground's bundler runs on. Debian 13 has it.
const NODE: (u32, u32) = (20, 19);
/// Where Debian's package puts it, for a machine without fontconfig's `fc-list`.
const NOTO_SANS_CJK: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
/// Beside the installed packages: the lock that they were installed from.
const INSTALLED_LOCK: &str = "node_modules/.installed-lock.json";
/// What the Python packages need, that can make a virtual environment.
const USABLE_PYTHON: &str = "import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))";

#[derive(Clone, Copy)]
pub enum Need {
    WasmTarget,
    RustComponent(&'static str),
    Trunk,
    WasmBindgen,
    CargoFuzz,
    Node,
    /// The npm packages of a folder.
    Npm(&'static str),
    /// The Python packages of a folder, in a virtual environment of its own.
    PythonPackages(&'static str),
    Debian(Debian),
}

/// A program or a file of Debian's.
#[derive(Clone, Copy)]
pub struct Debian {
    what: &'static str,
    package: &'static str,
    present: fn() -> bool,
}

const CHROMIUM: Need = Need::Debian(Debian {
    what: "Chromium",
    package: "chromium-headless-shell",
    present: || Path::new("/usr/bin/chromium-headless-shell").exists(),
});
const FIREFOX: Need = Need::Debian(Debian {
    what: "Firefox",
    package: "firefox-esr",
    present: || Path::new("/usr/bin/firefox-esr").exists(),
});
const WEBKIT: Need = Need::Debian(Debian {
    what: "WebKit with its driver",
    package: "webkit2gtk-driver",
    present: || run::exists("WebKitWebDriver"),
});
/// WebKit has no mode without a screen.
const SCREEN: Need =
    Need::Debian(Debian { what: "a virtual screen", package: "xvfb", present: || run::exists("Xvfb") });
/// Reads the texts of a PDF.
const PDF_READER: Need = Need::Debian(Debian {
    what: "pdftotext",
    package: "poppler-utils",
    present: || run::exists("pdftotext"),
});
const JAPANESE_FONT: Need = Need::Debian(Debian {
    what: "a Japanese font (Noto Sans CJK)",
    package: "fonts-noto-cjk",
    present: || {
        let known = run::answer(Command::new("fc-list").arg(":lang=ja"));
        known.is_some_and(|fonts| !fonts.trim().is_empty()) || Path::new(NOTO_SANS_CJK).exists()
    },
});
/// Without a window, and without what Debian recommends beside it: 100 MB to fetch with all that both need.
const CALC: Need = Need::Debian(Debian {
    what: "LibreOffice's spreadsheets",
    package: "libreoffice-calc-nogui",
    present: || Path::new("/usr/lib/libreoffice/program/libsclo.so").exists(),
});
const WRITER: Need = Need::Debian(Debian {
    what: "LibreOffice's documents",
    package: "libreoffice-writer-nogui",
    present: || Path::new("/usr/lib/libreoffice/program/libswlo.so").exists(),
});
const POSTGRESQL: Need = Need::Debian(Debian {
    what: "PostgreSQL's programs (initdb, postgres)",
    package: "postgresql",
    present: || postgresql_bin().is_some(),
});
const PYTHON: Need = Need::Debian(Debian {
    what: "Python 3.10 or newer with venv",
    package: "python3-venv",
    present: || python_program().is_some(),
});

/// libFuzzer is written in C++.
const COMPILER: Need = Need::Debian(Debian {
    what: "a compiler of C++",
    package: "g++",
    present: || run::exists("c++") || run::exists("g++"),
});

pub const FORMAT: [Need; 1] = [Need::RustComponent("rustfmt")];
pub const LINT: [Need; 1] = [Need::RustComponent("clippy")];
pub const CLIENT: [Need; 5] =
    [Need::Node, Need::WasmTarget, Need::Trunk, Need::WasmBindgen, Need::Npm("frontend")];
pub const PLAYGROUND: [Need; 2] = [Need::Node, Need::Npm("frontend/playground")];
pub const DATABASE: [Need; 1] = [POSTGRESQL];
pub const BROWSER: [Need; 5] = [Need::Node, CHROMIUM, JAPANESE_FONT, PDF_READER, Need::Npm("tests/browser")];
pub const OTHER_BROWSERS: [Need; 3] = [FIREFOX, WEBKIT, SCREEN];
pub const API: [Need; 8] = [
    Need::Node,
    PYTHON,
    CALC,
    WRITER,
    JAPANESE_FONT,
    PDF_READER,
    Need::Npm("tests/clients"),
    Need::PythonPackages("tests/clients"),
];
pub const FUZZ: [Need; 2] = [PYTHON, Need::PythonPackages("tests/clients")];
pub const READERS: [Need; 2] = [COMPILER, Need::CargoFuzz];
pub const EVERYTHING: [Need; 21] = [
    Need::Node,
    Need::WasmTarget,
    Need::RustComponent("rustfmt"),
    Need::RustComponent("clippy"),
    CHROMIUM,
    FIREFOX,
    WEBKIT,
    SCREEN,
    JAPANESE_FONT,
    PDF_READER,
    CALC,
    WRITER,
    POSTGRESQL,
    PYTHON,
    Need::Trunk,
    Need::WasmBindgen,
    Need::Npm("frontend"),
    Need::Npm("frontend/playground"),
    Need::Npm("tests/browser"),
    Need::Npm("tests/clients"),
    Need::PythonPackages("tests/clients"),
];

/// Installs what is missing. An error says what to install by hand.
pub fn ensure(needs: &[Need]) -> Result<()> {
    let missing: Vec<Debian> = needs
        .iter()
        .filter_map(|need| match need {
            Need::Debian(debian) if !(debian.present)() => Some(*debian),
            _ => None,
        })
        .collect();
    if !missing.is_empty() {
        install_debian(&missing)?;
    }
    for need in needs {
        match *need {
            Need::WasmTarget => wasm_target()?,
            Need::RustComponent(name) => rust_component(name)?,
            Need::Trunk => trunk()?,
            Need::WasmBindgen => wasm_bindgen()?,
            Need::CargoFuzz => cargo_fuzz()?,
            Need::Node => node()?,
            Need::Npm(folder) => npm(folder)?,
            Need::PythonPackages(folder) => python_packages(folder)?,
            Need::Debian(_) => {}
        }
    }
    Ok(())
}

/// The folder of PostgreSQL's programs: on the PATH, or where Debian keeps them, the newest first.
pub fn postgresql_bin() -> Option<PathBuf> {
    let complete = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("postgres").is_file();
    let on_path = run::places("initdb").filter_map(|file| file.parent().map(PathBuf::from)).find(complete);
    on_path.or_else(|| {
        let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
            .ok()?
            .flatten()
            .map(|entry| entry.path().join("bin"))
            .collect();
        versions.sort_by_key(|folder| {
            let version = folder.parent().and_then(Path::file_name).and_then(|name| name.to_str());
            version.and_then(|version| version.parse::<u32>().ok())
        });
        versions.into_iter().rev().find(complete)
    })
}

/// A `wasm-bindgen` of exactly the version in Cargo.lock: any other makes trunk download one.
pub fn wasm_bindgen_program() -> Result<Option<PathBuf>> {
    Ok(installed("wasm-bindgen", &locked_version("wasm-bindgen")?))
}

/// A `trunk` of the version that this repository is built with.
pub fn trunk_program() -> Option<PathBuf> {
    installed("trunk", TRUNK)
}

/// A program on the PATH that says that it is of this version.
fn installed(program: &str, version: &str) -> Option<PathBuf> {
    let wanted = format!("{program} {version}");
    run::places(program).find(|file| {
        run::answer(Command::new(file).arg("--version")).is_some_and(|version| version.trim() == wanted)
    })
}

fn wasm_target() -> Result<()> {
    rustup(
        "target",
        "wasm32-unknown-unknown",
        "rustup is missing: install Rust with it, or a Rust that has the target wasm32-unknown-unknown",
    )
}

fn rust_component(name: &str) -> Result<()> {
    rustup("component", name, &format!("rustup is missing: install Rust with it, or a Rust that has {name}"))
}

fn rustup(kind: &str, name: &str, without: &str) -> Result<()> {
    let list = run::answer(run::program("rustup").args([kind, "list", "--installed"]));
    let list = list.with_context(|| without.to_owned())?;
    let installed = list.lines().any(|line| line == name || line.starts_with(&format!("{name}-")));
    if installed {
        return Ok(());
    }
    say::step(&format!("Adding {name} to Rust"), "about 30 seconds", || {
        run::run(run::program("rustup").args([kind, "add", name]))
    })
}

fn trunk() -> Result<()> {
    if trunk_program().is_some() {
        return Ok(());
    }
    // Without TLS and the look for a newer one: it builds, and downloads nothing.
    let how = ["--locked", "--no-default-features"];
    cargo_install("trunk", TRUNK, &how, "3 minutes on two cores, once for this machine")
}

fn wasm_bindgen() -> Result<()> {
    if wasm_bindgen_program()?.is_some() {
        return Ok(());
    }
    // Without its own lock, which names a release that the registry does not have.
    cargo_install(
        "wasm-bindgen-cli",
        &locked_version("wasm-bindgen")?,
        &["--bin", "wasm-bindgen"],
        "about a minute on two cores, once for this machine",
    )
}

fn cargo_fuzz() -> Result<()> {
    if installed("cargo-fuzz", CARGO_FUZZ).is_some() {
        return Ok(());
    }
    cargo_install(
        "cargo-fuzz",
        CARGO_FUZZ,
        &["--locked"],
        "about a minute on two cores, once for this machine",
    )
}

/// Compiled for a quick start: each works for seconds a build, and what their own settings optimise takes minutes.
fn cargo_install(package: &str, version: &str, how: &[&str], rough: &str) -> Result<()> {
    say::step(&format!("Building and installing {package} {version}"), rough, || {
        let mut install = run::cargo();
        install
            .args(["install", &format!("{package}@{version}"), "--force", "--root"])
            .arg(run::cargo_home())
            .args(how)
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        // Not from inside the workspace: its settings are none of the tool's business.
        run::run(install.current_dir(std::env::temp_dir()))
    })
}

fn node() -> Result<()> {
    let (major, minor) = NODE;
    let advice = format!(
        "install Node.js {major}.{minor} or newer with npm (on Debian 13: apt-get install nodejs npm)"
    );
    let version = run::answer(run::program("node").arg("--version"));
    let version = version.with_context(|| format!("Node.js is missing: {advice}"))?;
    let mut numbers = version.trim().trim_start_matches('v').split('.').map(|number| number.parse().ok());
    let found: Option<(u32, u32)> = numbers.next().flatten().zip(numbers.next().flatten());
    if found.is_none_or(|found| found < NODE) {
        bail!("Node.js {} is too old: {advice}", version.trim());
    }
    if !run::exists("npm") {
        bail!("npm is missing: {advice}");
    }
    Ok(())
}

fn npm(folder: &'static str) -> Result<()> {
    let folder = Path::new(folder);
    let lock = folder.join("package-lock.json");
    let wanted = std::fs::read(&lock).with_context(|| format!("{} cannot be read", lock.display()))?;
    let stamp = folder.join(INSTALLED_LOCK);
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say::step(&format!("Installing the npm packages of {}", folder.display()), "about 30 seconds", || {
        run::run(
            run::program("npm")
                .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
                .current_dir(folder)
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )?;
        Ok(std::fs::write(&stamp, wanted)?)
    })
}

/// The interpreter of a folder's virtual environment.
pub fn python_of(folder: &str) -> PathBuf {
    Path::new(folder).join(".venv/bin/python")
}

fn python_program() -> Option<PathBuf> {
    run::places("python3").find(|file| run::answer(Command::new(file).args(["-c", USABLE_PYTHON])).is_some())
}

/// The packages stand with all that they need in requirements.txt, so that pip has nothing to choose.
fn python_packages(folder: &'static str) -> Result<()> {
    let python = python_of(folder);
    let folder = Path::new(folder);
    let wanted_file = folder.join("requirements.txt");
    let wanted =
        std::fs::read(&wanted_file).with_context(|| format!("{} cannot be read", wanted_file.display()))?;
    let environment = folder.join(".venv");
    let stamp = environment.join(".installed-requirements.txt");
    let lives = run::answer(Command::new(&python).arg("--version")).is_some();
    if lives && std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let maker = python_program().context("Python is missing: apt-get install python3-venv")?;
    say::step(&format!("Installing the Python packages of {}", folder.display()), "about a minute", || {
        run::run(run::program(maker).args(["-m", "venv", "--clear"]).arg(&environment))?;
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
        run::run(run::program(&python).args(pip).arg("--requirement").arg(&wanted_file))?;
        Ok(std::fs::write(&stamp, wanted)?)
    })
}

fn install_debian(missing: &[Debian]) -> Result<()> {
    let packages: Vec<&str> = missing.iter().map(|debian| debian.package).collect();
    let what = missing.iter().map(|debian| debian.what).collect::<Vec<_>>().join(", ");
    let by_hand = format!("{what} missing: install by hand with `apt-get install {}`", packages.join(" "));
    if !run::exists("apt-get") {
        bail!("{by_hand} or what your system calls it");
    }
    say::step(&format!("Installing {what} from Debian's packages"), "one to five minutes", || {
        static UPDATED: Once = Once::new();
        let mut updated = Ok(());
        UPDATED.call_once(|| updated = apt_get(&["update", "--quiet"]));
        updated?;
        let install = ["install", "--yes", "--quiet", "--no-install-recommends"];
        apt_get(&[&install[..], &packages].concat())
    })
    .context(by_hand)
}

fn apt_get(arguments: &[&str]) -> Result<()> {
    let mut command = run::as_root("env")?;
    run::run(command.arg("DEBIAN_FRONTEND=noninteractive").arg("apt-get").args(arguments))
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string("Cargo.lock").context("Cargo.lock cannot be read")?;
    version_in(&lock, package).with_context(|| format!("Cargo.lock names no {package}"))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    Some(lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_gives_the_version_of_exactly_the_named_package() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.130\"\n";
        assert_eq!(version_in(lock, "wasm-bindgen").as_deref(), Some("0.2.130"));
        assert_eq!(version_in(lock, "trunk"), None);
    }
}
