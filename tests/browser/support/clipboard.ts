// The clipboard as other programs fill it, and as they would read it.
import type { Page } from "@playwright/test";

export interface Clipboard {
  plain?: string;
  html?: string;
}

/**
 * Pastes what another program has put on the clipboard. The browser's own clipboard cannot be filled with a program's
 * HTML (it cleans what a page writes), so the event is made here; where the page leaves it to the browser, the text is
 * typed as the browser would.
 */
export async function paste(page: Page, { plain = "", html = "" }: Clipboard): Promise<void> {
  await page.evaluate(
    ([plain, html]) => {
      const data = new DataTransfer();
      if (plain) data.setData("text/plain", plain);
      if (html) data.setData("text/html", html);
      const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
      const target = document.activeElement ?? document.body;
      if (target.dispatchEvent(event) && target instanceof HTMLTextAreaElement) {
        document.execCommand("insertText", false, plain);
      }
    },
    [plain, html] as const,
  );
}

/** Pastes what the browser itself has put on its clipboard: a table of another tab, marked and copied there by keys. */
export async function pasteFromTab(page: Page, rows: string[][]): Promise<void> {
  const other = await page.context().newPage();
  const cell = (text: string): string => `<td>${text.replaceAll("\n", "<br>")}</td>`;
  await other.setContent(`<table>${rows.map((row) => `<tr>${row.map(cell).join("")}</tr>`).join("")}</table>`);
  await other.keyboard.press("Control+a");
  await other.keyboard.press("Control+c");
  await other.close();
  await page.bringToFront();
  await page.keyboard.press("Control+v");
}

/** What the page puts on the clipboard at Ctrl+C, read from the event. */
export async function copied(page: Page, copy: () => Promise<void>): Promise<Required<Clipboard>> {
  await page.evaluate(() => {
    // After the page's own listener.
    window.addEventListener(
      "copy",
      (event) => {
        const read = (kind: string): string => event.clipboardData?.getData(kind) ?? "";
        const marked = document.getSelection()?.toString() ?? "";
        const plain = event.defaultPrevented ? read("text/plain") : marked;
        document.documentElement.dataset.copied = JSON.stringify({ plain, html: read("text/html") });
      },
      { once: true },
    );
  });
  await copy();
  const found = await page.evaluate(() => document.documentElement.dataset.copied ?? "null");
  return JSON.parse(found) as Required<Clipboard>;
}

/** As Excel writes it (Generator "Microsoft Excel 15", which Excel 2016 to 365 name themselves). */
export function excel(rows: string[][]): Required<Clipboard> {
  const cell = (text: string): string => `<td class=xl65 style='width:150pt'>${text.replaceAll("\n", "<br>\r\n    ")}</td>`;
  const row = (cells: string[]): string => ` <tr height=40 style='height:30.0pt'>\r\n  ${cells.map(cell).join("\r\n  ")}\r\n </tr>`;
  const quoted = (text: string): string => (/[\n\t"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return {
    plain: rows.map((row) => row.map(quoted).join("\t") + "\r\n").join(""),
    html: `<html xmlns:o="urn:schemas-microsoft-com:office:office"
xmlns:x="urn:schemas-microsoft-com:office:excel"
xmlns="http://www.w3.org/TR/REC-html40">

<head>
<meta http-equiv=Content-Type content="text/html; charset=utf-8">
<meta name=ProgId content=Excel.Sheet>
<meta name=Generator content="Microsoft Excel 15">
<style>
<!--table
	{mso-displayed-decimal-separator:"\\.";}
.xl65
	{white-space:normal;}
ruby
	{ruby-align:left;}
-->
</style>
</head>

<body link=blue vlink=purple>

<table border=0 cellpadding=0 cellspacing=0 width=400 style='border-collapse:collapse;width:300pt'>
<!--StartFragment-->
 <col width=200 span=2 style='width:150pt'>
${rows.map(row).join("\r\n")}
<!--EndFragment-->
</table>

</body>

</html>
`,
  };
}

/** As Word writes a table (Generator "Microsoft Word 15"). */
export function word(rows: string[][]): Required<Clipboard> {
  const line = (text: string): string => `<p class=MsoNormal><span lang=EN-US>${text}<o:p></o:p></span></p>`;
  const cell = (text: string): string => `<td width=100 valign=top style='width:75.0pt'>\r\n  ${text.split("\n").map(line).join("\r\n  ")}\r\n  </td>`;
  return {
    plain: rows.map((row) => row.map((text) => text.replaceAll("\n", "\r\n")).join("\t") + "\r\n").join(""),
    html: `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"></head>
<body lang=JA>
<!--StartFragment-->
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0>
${rows.map((row) => ` <tr>\r\n  ${row.map(cell).join("\r\n  ")}\r\n </tr>`).join("\r\n")}
</table>
<!--EndFragment-->
</body>
</html>`,
  };
}

/** As Word writes anything (Generator "Microsoft Word 15"): lines of its source are broken anywhere. */
export function wordPage(body: string): string {
  return `<html xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word">
<head><meta name=Generator content="Microsoft Word 15"></head>
<body lang=JA>
<!--StartFragment-->
${body}
<!--EndFragment-->
</body>
</html>`;
}

/** A line of a list as Word writes it: its mark is a letter of the font. */
export function wordListLine(font: string, letter: string, text: string): string {
  return `<p class=MsoListParagraph style='margin-left:21.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
lang=EN-US style='font-family:${font};mso-fareast-font-family:${font};mso-bidi-font-family:${font}'><span
style='mso-list:Ignore'>${letter}<span style='font:7.0pt "Times New Roman"'>&nbsp; </span></span></span><![endif]>${text}<span
lang=EN-US><o:p></o:p></span></p>`;
}

/** As LibreOffice Calc 7.4 writes it (after `crates/reader/src/tests/libreoffice/calc.html`, which it has written). */
export function libreOffice(rows: string[][]): Required<Clipboard> {
  const cell = (text: string): string => `\t\t<td height="32" align="left">${text.replaceAll("\n", "<br>") || "<br>"}</td>`;
  const quoted = (text: string): string => (text.includes("\n") ? `"${text.replaceAll('"', '""')}"` : text);
  return {
    plain: rows.map((row) => row.map(quoted).join("\t") + "\n").join(""),
    html: `<!DOCTYPE html>

<html>
<head>
\t
\t<meta http-equiv="content-type" content="text/html; charset=utf-8"/>
\t<title></title>
\t<meta name="generator" content="LibreOffice 7.4.7.2 (Linux)"/>
\t<style type="text/css">
\t\tbody,div,table,thead,tbody,tfoot,tr,th,td,p { font-family:"Liberation Sans"; font-size:x-small }
\t\tcomment { display:none;  }
\t</style>
\t
</head>

<body>
<table cellspacing="0" border="0">
\t<colgroup span="2" width="128"></colgroup>
${rows.map((row) => `\t<tr>\n${row.map(cell).join("\n")}\n\t</tr>`).join("\n")}
</table>
</body>

</html>
`,
  };
}
