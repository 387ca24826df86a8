//! The playground's addresses, whether or not it has been built.

use renkei_tests::TestApp;

#[test]
fn nothing_is_written_to_it_and_only_its_own_files_are_read() {
    let app = TestApp::demo();
    let honjo = app.sign_in("honjo");
    for path in ["/playground", "/playground/x.js"] {
        let refused = honjo.send("POST", path, &[("content-type", "application/json")], b"{}");
        assert_eq!((refused.status, refused.header("allow")), (405, "GET, HEAD"), "{path}");
    }
    let slash = honjo.send("GET", "/playground/", &[], b"");
    assert_eq!((slash.status, slash.header("location")), (308, "/playground"));
    // Its pages are told apart by who asks, never by their names; what has no hash is no file of it.
    for path in [
        "/playground/index.html",
        "/playground/signed-out.html",
        "/playground/x.js",
        "/playground/x-0123456789abcdef.js",
        "/playground/../index.html",
        "/playground/%2e%2e/index.html",
        "/playground/a/b",
    ] {
        assert_eq!(honjo.send("GET", path, &[("accept", "text/html")], b"").status, 404, "{path}");
    }
}
