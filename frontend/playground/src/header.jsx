// The product's header, as on the sheet: where one is, and the ways back.
import { address } from "./place.js";

export function Header({ place }) {
  const { viewer, regions, region, sheet } = place;
  const base = region && sheet && `/regions/${region.id}/sheets/${sheet.fiscalYear}`;
  const places = regions.flatMap((region) => region.sheets.map((sheet) => ({ region, sheet })));
  return (
    <header className="header">
      <a className="mark" href="/" aria-label="連携 はじめの画面">
        連携
      </a>
      {region && (
        <p className="region-name">
          {region.name} <small>圏域</small>
        </p>
      )}
      {sheet && places.length > 1 && (
        <select
          className="place"
          aria-label="圏域と表"
          value={address(region, sheet)}
          onChange={(event) => location.assign(event.target.value)}
        >
          {places.map(({ region, sheet }) => (
            <option key={sheet.id} value={address(region, sheet)}>
              {regions.length > 1 ? `${region.name} ${sheet.title}` : sheet.title}
            </option>
          ))}
        </select>
      )}
      {sheet && places.length === 1 && <p className="sheet-title">{sheet.title}</p>}
      <nav aria-label="表の画面">
        {base && (
          <>
            <a href={base}>表</a>
            <a href={`${base}/history`}>変更履歴</a>
            <a href={`${base}/handouts`}>資料</a>
          </>
        )}
        <a href={region ? address(region, sheet) : "/playground"} aria-current="page">
          API
        </a>
      </nav>
      <p className="account" title={viewer.organization.name}>
        {viewer.name}
      </p>
    </header>
  );
}
