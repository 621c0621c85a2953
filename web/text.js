// Every word of the page, in both languages.
const words = {
  en: {
    skip: 'Skip to the chart', simulated: 'Simulated data', markets: 'Markets', chart: 'Chart', book: 'Order book',
    proof: 'Proof', theme: 'Dark or light', find: 'Find a market', timeframe: 'Candle length', shown: 'Shown in the chart',
    range: 'Time range', token: 'Token (web.token)', logIn: 'Log in', wrongToken: 'The token is wrong.',
    live: 'Live', stale: 'Stale', empty: 'No data yet', away: 'No connection', state: 'State', rate: 'Trades/s',
    lag: 'Lag p50 / p99', gaps: 'Open gaps', proven: 'Proven 24 h', allMarkets: 'all', open: 'Open', high: 'High', low: 'Low',
    close: 'Close', volume: 'Volume', time: 'Time', value24: 'Value 24 h', volumeShort: 'Volume', rsi: 'RSI', macd: 'MACD',
    noticeAway: 'No connection to the server. Figures are the last ones known; trying again.',
    noticeDatabase: 'The database does not answer. Figures are the last ones known.',
    noticeStale: (age) => `Stale: the newest trade is ${age} old. Nothing is captured, or the exchange stands still.`,
    noticeEmpty: 'No trade is stored yet. Start capturing: yeoul up, or yeoul demo.',
    noMarkets: 'No markets yet.', noneFound: 'No market is called so.', noCandles: 'No candles of this length yet.', noBook: 'No order book of the last hour.',
    noCharts: 'Chart library not installed: run “make build”, then start again. Until then simple lines.',
    zone: (zone) => `Times: ${zone}`, credit: 'Charts: TradingView Lightweight Charts™', incomplete: 'incomplete: a gap overlaps this candle',
    bids: 'Bid', asks: 'Ask', price: 'Price', amount: 'Volume', spread: 'Spread', bookAge: (age) => `Book of ${age} ago`,
    proofMeans: 'Stored trades are compared with the exchange’s own figures. Each bar shows which minutes of a market are proven.',
    proofNone: 'Nothing was compared in this time.', unit: (n, u) => `${n} ${u}`, hour: 'h', second: 's', minute: 'min', day: 'd',
    statusProven: 'proven', statusBoundary: 'proven across a boundary', statusRepaired: 'repaired', statusDifferent: 'different', statusUnprovable: 'cannot be proven',
    statusGap: 'gap', statusUnchecked: 'not compared', detail: (symbol) => `${symbol}: what is not proven`, detailNone: 'Everything compared is proven.',
    from: 'From', to: 'To', status: 'Status', ours: 'Our volume', theirs: 'Exchange’s volume', method: 'Method', fraction: 'Proven',
    docs: 'API', rising: 'up', falling: 'down', failed: 'Could not be loaded. Trying again.',
  },
  ko: {
    skip: '차트로 건너뛰기', simulated: '모의 데이터', markets: '마켓', chart: '차트', book: '호가', proof: '검증', theme: '어둡게 또는 밝게',
    find: '마켓 찾기', timeframe: '캔들 단위', shown: '차트 지표', range: '기간', token: '토큰 (web.token)', logIn: '로그인', wrongToken: '토큰이 맞지 않습니다.',
    live: '실시간', stale: '지연됨', empty: '데이터 없음', away: '연결 끊김', state: '상태', rate: '체결/초', lag: '지연 p50 / p99', gaps: '열린 공백',
    proven: '검증 24시간', allMarkets: '전체', open: '시가', high: '고가', low: '저가', close: '종가', volume: '거래량', time: '시각', value24: '거래대금 24시간',
    volumeShort: '거래량', rsi: 'RSI', macd: 'MACD',
    noticeAway: '서버와 연결이 끊겼습니다. 마지막으로 받은 값이며, 다시 연결하고 있습니다.',
    noticeDatabase: '데이터베이스가 응답하지 않습니다. 마지막으로 받은 값입니다.',
    noticeStale: (age) => `지연됨: 마지막 체결이 ${age} 전입니다. 수집이 멈췄거나 거래소가 멈췄습니다.`,
    noticeEmpty: '저장된 체결이 없습니다. 수집을 시작하세요: yeoul up 또는 yeoul demo.',
    noMarkets: '아직 마켓이 없습니다.', noneFound: '그런 마켓이 없습니다.', noCandles: '이 단위의 캔들이 아직 없습니다.', noBook: '지난 1시간의 호가가 없습니다.',
    noCharts: '차트 라이브러리가 없습니다. “make build” 후 다시 시작하세요. 그때까지 단순한 선으로 표시합니다.',
    zone: (zone) => `시각: ${zone}`, credit: '차트: TradingView Lightweight Charts™', incomplete: '불완전: 이 캔들에 공백이 있습니다',
    bids: '매수', asks: '매도', price: '가격', amount: '잔량', spread: '스프레드', bookAge: (age) => `${age} 전의 호가`,
    proofMeans: '저장된 체결을 거래소의 집계와 비교합니다. 막대는 마켓의 어느 분이 검증되었는지 보여 줍니다.',
    proofNone: '이 기간에 비교된 것이 없습니다.', unit: (n, u) => `${n}${u}`, hour: '시간', second: '초', minute: '분', day: '일',
    statusProven: '검증됨', statusBoundary: '경계를 넘어 검증됨', statusRepaired: '복구됨', statusDifferent: '불일치', statusUnprovable: '검증 불가', statusGap: '공백',
    statusUnchecked: '비교 전', detail: (symbol) => `${symbol}: 검증되지 않은 구간`, detailNone: '비교된 구간이 모두 검증되었습니다.',
    from: '부터', to: '까지', status: '상태', ours: '저장된 거래량', theirs: '거래소 거래량', method: '방법', fraction: '검증률',
    docs: 'API', rising: '상승', falling: '하락', failed: '불러오지 못했습니다. 다시 시도합니다.',
  },
};

export const language = () => (document.documentElement.lang === 'ko' ? 'ko' : 'en');

/** The word for `key`; some take values. */
export function t(key, ...values) {
  const word = words[language()][key] ?? words.en[key] ?? key;
  return typeof word === 'function' ? word(...values) : word;
}

/** Puts the words into everything that names one. */
export function translate(root = document) {
  for (const element of root.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of root.querySelectorAll('[data-t-label]')) element.setAttribute('aria-label', t(element.dataset.tLabel));
  for (const element of root.querySelectorAll('[data-t-hint]')) element.placeholder = t(element.dataset.tHint);
}
