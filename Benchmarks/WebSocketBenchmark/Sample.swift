/// A trade as the exchange sends it in its short format, of the usual length.
enum Sample {
    static let trade =
        #"{"ty":"trade","cd":"KRW-BTC","tms":1787728554853,"td":"2026-08-26","ttm":"07:15:54","#
        + #""ttms":1787728554797,"tp":109847000.0,"tv":0.00509799,"ab":"ASK","pcp":109165000.0,"#
        + #""c":"RISE","cp":682000.0,"sid":17877285547970000,"bap":109867000,"bas":0.0099545,"#
        + #""bbp":109847000,"bbs":0.1583673,"st":"REALTIME"}"#
}
