export const style = `
:root { color-scheme: light; font: 15px/1.5 Inter, system-ui, sans-serif; color: #1c2430; background: #fff; }
body { margin: 0; }
main { max-width: 1280px; margin: 0 auto; padding: 0 16px 48px; }
h1 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
#figure { position: relative; overflow-x: auto; }
#figure:focus-visible { outline: 2px solid #0072b2; }
#figure svg { display: block; width: 100%; min-width: 720px; height: auto; }
#reading { position: absolute; pointer-events: none; background: #fff; border: 1px solid #c9d0d8; border-radius: 6px; padding: 8px 12px; font-size: 13px; box-shadow: 0 2px 8px #0002; white-space: nowrap; font-variant-numeric: tabular-nums; }
#reading table { font-size: inherit; margin: 0; }
#reading td, #reading th { border: 0; padding: 0 10px 0 0; }
@media (max-width: 480px) { #reading { padding: 6px 8px; font-size: 11px; } #reading td, #reading th { padding-right: 6px; } }
fieldset { min-width: 0; border: 0; padding: 0; margin: 16px 0; display: flex; gap: 20px; flex-wrap: wrap; }
legend { float: left; padding: 0 12px 0 0; color: #5b6675; }
label { font-weight: 600; cursor: pointer; }
label input { margin-right: 6px; accent-color: currentColor; }
.wide { overflow-x: auto; margin: 0 0 24px; }
.wide:focus-visible { outline: 2px solid #0072b2; }
table { border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { white-space: nowrap; text-align: right; padding: 6px 10px; border-bottom: 1px solid #e3e7ec; }
th:first-child, td:nth-child(8), thead th:nth-child(8), .faults :nth-child(2) { text-align: left; }
td:nth-child(8) { white-space: normal; min-width: 180px; }
li { overflow-wrap: anywhere; }
thead th { color: #5b6675; font-weight: 500; vertical-align: bottom; }
dl { overflow-wrap: anywhere; display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; color: #5b6675; font-size: 14px; }
dt { font-weight: 600; } dd { margin: 0; }
`;
