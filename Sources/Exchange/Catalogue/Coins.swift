/// The coins that markets of the built-in exchange trade: code, Korean name, English name and a price in
/// won, the busiest first. Codes and names are those that Upbit shows; prices are of its order of size.
enum Coins {
    static let table = """
        XRP|엑스알피(리플)|XRP|2050
        BTC|비트코인|Bitcoin|109000000
        ETH|이더리움|Ethereum|3150000
        USDT|테더|Tether|1465
        SOL|솔라나|Solana|133000
        DOGE|도지코인|Dogecoin|142
        ICP|인터넷컴퓨터|Internet Computer|5200
        PEPE|페페|Pepe|0.0054
        ADA|에이다|Cardano|412
        SUI|수이|Sui|1490
        XLM|스텔라루멘|Lumen|241
        ENA|에테나|Ethena|163
        ONDO|온도파이낸스|Ondo Finance|402
        WLD|월드코인|Worldcoin|601
        TRUMP|오피셜트럼프|OFFICIAL TRUMP|4930
        SHIB|시바이누|Shiba Inu|0.0088
        LINK|체인링크|Chainlink|13100
        AVAX|아발란체|Avalanche|14200
        HBAR|헤데라|Hedera|148
        TRX|트론|TRON|421
        BCH|비트코인캐시|Bitcoin Cash|675000
        ETC|이더리움클래식|Ethereum Classic|12700
        NEAR|니어프로토콜|NEAR Protocol|1910
        APT|앱토스|Aptos|1390
        UNI|유니스왑|Uniswap|5600
        DOT|폴카닷|Polkadot|2160
        SEI|세이|Sei|98.7
        SAND|샌드박스|The Sandbox|119
        STX|스택스|Stacks|371
        ARB|아비트럼|Arbitrum|148
        TAO|비트텐서|Bittensor|289000
        AAVE|에이브|Aave|168000
        BONK|봉크|Bonk|0.0091
        ATOM|코스모스|Cosmos|2680
        POL|폴리곤에코시스템토큰|POL|146
        RENDER|렌더토큰|Render Token|2110
        IMX|이뮤터블엑스|Immutable X|243
        MANA|디센트럴랜드|Decentraland|137
        CRO|크로노스|Cronos|112
        VET|비체인|VeChain|11.2
        ALGO|알고랜드|Algorand|131
        GRT|그래프|The Graph|38.6
        AXS|엑시인피니티|Axie Infinity|1750
        PYTH|피스네트워크|Pyth Network|63.4
        JUP|주피터|Jupiter|241
        TIA|셀레스티아|Celestia|498
        BLUR|블러|Blur|31.7
        STRK|스타크넷|Starknet|61.9
        ZETA|제타체인|ZetaChain|84.2
        W|웜홀|Wormhole|28.9
        PENDLE|펜들|Pendle|1880
        ENS|이더리움네임서비스|Ethereum Name Service|8900
        INJ|인젝티브|Injective|4410
        ZRO|레이어제로|LayerZero|2730
        ZK|지케이싱크|ZKsync|31.5
        MOODENG|무뎅|Moo Deng|78.1
        PENGU|펏지펭귄|Pudgy Penguins|10.4
        BERA|베라체인|Berachain|862
        VIRTUAL|버추얼프로토콜|Virtuals Protocol|941
        ANIME|애니메코인|Animecoin|8.73
        KAITO|카이토|Kaito|521
        LAYER|솔레이어|Solayer|139
        IP|스토리|Story|1710
        USDC|유에스디코인|USDC|1464
        BABY|바빌론|Babylon|21.8
        SIGN|사인|Sign|52.4
        SOPH|소폰|Sophon|16.7
        NXPC|넥스페이스|Nexpace|428
        WCT|월렛커넥트|WalletConnect|101
        SAHARA|사하라에이아이|Sahara AI|41.3
        HYPER|하이퍼레인|Hyperlane|178
        ERA|칼데라|Caldera|243
        CYBER|사이버|Cyber|811
        BORA|보라|BORA|66.2
        HIFI|하이파이|Hifi Finance|37.9
        META|메타디움|Metadium|18.9
        STEEM|스팀|Steem|93.8
        SBD|스팀달러|SteemDollars|812
        HIVE|하이브|Hive|122
        NEO|네오|NEO|4230
        GAS|가스|GAS|2310
        QTUM|퀀텀|Qtum|1730
        XTZ|테조스|Tezos|572
        EOS|이오스|EOS|602
        ELF|엘프|aelf|143
        KAVA|카바|Kava|98.2
        IOTA|아이오타|IOTA|121
        ONT|온톨로지|Ontology|78.8
        ONG|온톨로지가스|Ontology Gas|122
        ZIL|질리카|Zilliqa|7.41
        WAXP|왁스|WAX|14.8
        STORJ|스토리지|Storj|183
        POWR|파워렛저|Powerledger|119
        BAT|베이직어텐션토큰|Basic Attention Token|187
        THETA|쎄타토큰|Theta Token|412
        TFUEL|쎄타퓨엘|Theta Fuel|28.1
        ANKR|앵커|Ankr|9.28
        CVC|시빅|Civic|63.7
        MTL|메탈|Metal|541
        SC|시아코인|Siacoin|2.31
        LSK|리스크|Lisk|298
        ARDR|아더|Ardor|82.6
        ARK|아크|Ark|402
        STRAX|스트라티스|Stratis|31.2
        ICX|아이콘|ICON|91.4
        GLM|골렘|Golem|302
        IOST|아이오에스티|IOST|2.48
        IQ|아이큐|IQ.wiki|2.91
        KNC|카이버네트워크|Kyber Network|412
        CHZ|칠리즈|Chiliz|51.2
        AERGO|아르고|Aergo|88.1
        MBL|무비블록|MovieBloc|2.61
        MED|메디블록|MediBloc|7.93
        MLK|밀크|MiL.k|152
        MOC|모스코인|Moss Coin|71.4
        STPT|스탠다드토큰프로토콜|Standard Tokenization Protocol|61.2
        ORBS|오브스|Orbs|17.8
        VTHO|비토르토큰|VeThor Token|1.41
        CKB|너보스|Nervos|3.62
        SXP|솔라|Solar|71.3
        HUNT|헌트|Hunt Town|141
        PLA|플레이댑|PlayDapp|212
        DKA|디카르고|dKargo|11.3
        AHT|아하토큰|AhaToken|4.42
        JST|저스트|JUST|54.2
        SUN|썬|Sun Token|28.1
        BTT|비트토렌트|BitTorrent|0.00058
        XEM|넴|NEM|2.12
        XEC|이캐시|eCash|0.0161
        BSV|비트코인에스브이|Bitcoin SV|28900
        BTG|비트코인골드|Bitcoin Gold|9320
        CELO|셀로|Celo|141
        FLOW|플로우|Flow|302
        MASK|마스크네트워크|Mask Network|871
        GMT|스테픈|STEPN|28.4
        T|쓰레스홀드|Threshold|15.2
        ID|스페이스아이디|SPACE ID|118
        ASTR|아스타|Astar|16.8
        GAL|갈락세|Galxe|2110
        AGLD|어드벤처골드|Adventure Gold|512
        APE|에이프코인|ApeCoin|302
        MNT|맨틀|Mantle|1210
        UXLINK|유엑스링크|UXLINK|41.8
        CARV|카브|CARV|218
        SAFE|세이프|Safe|251
        ARKM|아캄|Arkham|298
        BIGTIME|빅타임|Big Time|31.9
        BEAM|빔|Beam|4.21
        CTC|크레딧코인|Creditcoin|461
        G|그래비티|Gravity|8.12
        ATH|에이셔|Aethir|24.7
        IO|아이오넷|io.net|241
        AKT|아카시네트워크|Akash Network|812
        AUCTION|바운스토큰|Bounce|8310
        DRIFT|드리프트|Drift|261
        JTO|지토|Jito|541
        RAY|레이디움|Raydium|1420
        ORCA|오르카|Orca|1810
        MEW|캣인어독스월드|cat in a dogs world|1.62
        BRETT|브렛|Brett|21.4
        MOCA|모카네트워크|Moca Network|52.1
        PUNDIX|펀디엑스|Pundi X|402
        RVN|레이븐코인|Ravencoin|12.8
        LPT|라이브피어|Livepeer|5810
        MVL|엠블|MVL|2.84
        OBSR|옵저버|Observer|1.31
        TT|썬더코어|ThunderCore|2.02
        UPP|센티넬프로토콜|Sentinel Protocol|48.1
        CBK|코박토큰|Cobak Token|571
        FCT2|피르마체인|FirmaChain|31.8
        QKC|쿼크체인|QuarkChain|6.83
        GAME2|게임빌드|GameBuild|2.11
        FLOCK|플록|FLock.io|141
        DEEP|딥북|DeepBook|61.3
        WAL|월러스|Walrus|172
        BLAST|블라스트|Blast|1.52
        TOKAMAK|토카막네트워크|Tokamak Network|941
        NEWT|뉴턴프로토콜|Newton Protocol|211
        COW|카우프로토콜|CoW Protocol|312
        MERL|멀린체인|Merlin Chain|421
        SNT|스테이터스네트워크토큰|Status Network Token|21.3
        OXT|오키드|Orchid|41.2
        RSR|리저브라이트|Reserve Rights|5.91
        LWA|루미웨이브|LumiWave|9.82
        RLC|아이젝|iExec|812
        STG|스타게이트파이낸스|Stargate Finance|189
        WEMIX|위믹스|WEMIX|612
        EGLD|멀티버스엑스|MultiversX|9810
        FIL|파일코인|Filecoin|1710
        COMP|컴파운드|Compound|31200
        CRV|커브|Curve|421
        YFI|연파이낸스|yearn.finance|5120000
        GRS|그로스톨코인|Groestlcoin|381
        XYO|엑스와이오|XYO|9.12
        MATH|매스|MATH|71.8
        BOUNTY|체인바운티|ChainBounty|31.2
        SKY|스카이|Sky|81.2
        FF|팔콘파이낸스|Falcon Finance|121
        LINEA|리네아|Linea|11.8
        PROVE|서싱트|Succinct|702
        OPEN|오픈렛저|OpenLedger|312
        AVNT|아반티스|Avantis|412
        BARD|롬바드|Lombard|812
        XPL|플라즈마|Plasma|221
        MON|모나드|Monad|31.2
        ZKC|바운드리스|Boundless|172
        HOLO|홀로월드에이아이|Holoworld AI|131
        API3|에이피아이쓰리|API3|612
        TREE|트리하우스|Treehouse|181
        RED|레드스톤|RedStone|312
        INIT|이니시아|Initia|141
        KERNEL|커널다오|KernelDAO|112
        ALT|알트레이어|AltLayer|15.2
        """
}
