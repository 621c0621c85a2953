// Before anything is painted: the theme and the language that were chosen, or those of the system.
(() => {
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const root = document.documentElement;
  const light = window.matchMedia('(prefers-color-scheme: light)').matches;
  root.dataset.theme = kept('theme') ?? (light ? 'light' : 'dark');
  root.lang = kept('language') ?? (navigator.language.startsWith('ko') ? 'ko' : 'en');
})();
