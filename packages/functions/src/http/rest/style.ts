export const style = `
:root{--paper:#fff;--ink:#1c1f24;--quiet:#5c6470;--line:#e3e6ea;--wash:#f5f6f8;--accent:#2851a3}
@media(prefers-color-scheme:dark){:root{--paper:#14161a;--ink:#e6e8ec;--quiet:#9aa3af;--line:#2c3037;--wash:#1c1f25;--accent:#9dbcff}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.6 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:clamp(1.5rem,5vw,4rem) clamp(1rem,4vw,2rem)}
h1{font-size:clamp(1.8rem,5vw,2.6rem);line-height:1.15;margin:0 0 .6em;letter-spacing:-.02em}
h2{margin:3rem 0 1rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{margin:2rem 0 .3rem;font-size:1.05rem}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
code,pre{font:.87em/1.5 ui-monospace,SFMono-Regular,Menlo,monospace}
pre{background:var(--wash);border:1px solid var(--line);border-radius:6px;padding:.9rem;overflow:auto;max-height:28rem}
summary{cursor:pointer;color:var(--accent);padding:.3rem 0}
.quiet{color:var(--quiet)}
.method{display:inline-block;min-width:4.2rem;font-weight:700}
table{border-collapse:collapse;width:100%;font-size:.92rem}
td,th{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line)}
nav ul{columns:2 16rem;list-style:none;padding:0}
nav li{margin:.15rem 0}
`;
