/** One look for all pages of a gallery: paper, ink, and the pictures. */
export const style = `
:root{--paper:#faf8f4;--ink:#22201c;--quiet:#6d675e;--line:#e4dfd5;--accent:#9a3b1f}
@media(prefers-color-scheme:dark){:root{--paper:#171614;--ink:#ece7de;--quiet:#a39c90;--line:#34312c;--accent:#f0a37f}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:17px/1.6 Georgia,"Iowan Old Style","Palatino Linotype",serif}
a{color:inherit;text-underline-offset:.2em}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
header,main,footer{max-width:1180px;margin:0 auto;padding:0 clamp(1rem,4vw,2.5rem)}
header{padding-top:clamp(2rem,7vw,5rem);padding-bottom:clamp(1.5rem,4vw,3rem)}
h1{font-size:clamp(2rem,6vw,3.4rem);line-height:1.1;font-weight:400;letter-spacing:-.015em;margin:0 0 .4em;text-wrap:balance}
h1 a{text-decoration:none}
.lead{color:var(--quiet);max-width:42rem;margin:0}
.wall{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr));gap:clamp(1.5rem,3vw,2.5rem);padding:0;margin:0;list-style:none;align-items:start}
.wall a{text-decoration:none;display:block}
.wall img,.sheet img{display:block;width:100%;height:auto;border-radius:3px;background:var(--line)}
.wall a:hover img{filter:brightness(1.03)}
.caption{margin:.7rem 0 0;display:-webkit-box;-webkit-line-clamp:3;-webkit-box-orient:vertical;overflow:hidden}
.meta{color:var(--quiet);font:.8rem/1.5 system-ui,sans-serif;margin:.35rem 0 0}
.sheet{display:grid;gap:1.5rem}
.sheet figure{margin:0}
.words{max-width:42rem;font-size:1.15rem;white-space:pre-line;margin:2rem 0 0}
.tags{display:flex;flex-wrap:wrap;gap:.5rem;list-style:none;padding:0;margin:1.2rem 0 0;color:var(--quiet);font:.85rem system-ui,sans-serif}
.more{margin:3rem 0 0;font-family:system-ui,sans-serif}
.empty{padding:4rem 0;color:var(--quiet);text-align:center}
footer{padding-top:4rem;padding-bottom:3rem;color:var(--quiet);font:.8rem system-ui,sans-serif}
footer p{border-top:1px solid var(--line);padding-top:1.2rem;display:flex;gap:1.2rem;flex-wrap:wrap;margin:0}
`;
