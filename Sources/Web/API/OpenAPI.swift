/// The description of the API, made from its routes.
package enum OpenAPI {
    package static func document(_ routes: [Route], version: String) -> JSONValue {
        let paths = routes.map { route in (route.path, JSONValue.object([("get", operation(route))])) }
        return [
            "openapi": "3.0.3",
            "info": [
                "title": "Yeoul", "version": .text(version),
                "description": """
                Market data captured from the exchange: candles, indicators, order books, and the proof \
                that nothing is missing. Reading only. Times are UTC.
                """,
            ],
            "paths": .object(paths),
            "components": [
                "schemas": ["Error": errorSchema],
                "securitySchemes": ["token": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private static func operation(_ route: Route) -> JSONValue {
        let schema: JSONValue = route.schema ?? ["type": "string"]
        let content: JSONValue = .object([(route.contentType, ["schema": schema] as JSONValue)])
        let success: JSONValue = ["description": "the answer", "content": content]
        var responses: [(String, JSONValue)] = [("200", success)]
        var others = route.statuses
        others[304] = "not changed since the ETag in If-None-Match"
        others[400] = "a parameter is not allowed; the body says which, and what is"
        others[401] = "the token is missing or wrong (only where one is set)"
        others[503] = others[503] ?? "the database does not answer"
        for (status, meaning) in others.sorted(by: { $0.key < $1.key }) {
            responses.append((String(status), failure(route, status, meaning)))
        }
        // What the server says before it has read a request.
        for (status, meaning) in [(414, "the address is too long"), (431, "the headers are too long")] {
            let text: JSONValue = ["text/plain": ["schema": ["type": "string"]]]
            responses.append((String(status), ["description": .text(meaning), "content": text]))
        }
        return [
            "summary": .text(route.summary), "operationId": .text(identifier(route.path)),
            "parameters": .array(route.parameters.map(parameter)), "responses": .object(responses),
        ]
    }

    private static func failure(_ route: Route, _ status: Int, _ meaning: String) -> JSONValue {
        if status == 304 { return ["description": .text(meaning)] }
        let isHealth = route.path == "/health"
        let schema: JSONValue =
            isHealth && status == 503 ? route.schema ?? .null : ["$ref": "#/components/schemas/Error"]
        return ["description": .text(meaning), "content": ["application/json": ["schema": schema]]]
    }

    private static func parameter(_ parameter: Parameter) -> JSONValue {
        var members: [(String, JSONValue)] = [
            ("name", .text(parameter.name)), ("in", "query"), ("required", .boolean(parameter.isRequired)),
            ("description", .text(parameter.meaning)), ("schema", parameter.schema),
        ]
        if parameter.isList { members += [("style", "form"), ("explode", false)] }
        return .object(members)
    }

    private static func identifier(_ path: String) -> String {
        path.split(separator: "/").joined(separator: "_")
    }

    private static let errorSchema: JSONValue = [
        "type": "object", "required": ["error"],
        "properties": [
            "error": [
                "type": "object", "required": ["what", "where", "remedy"],
                "properties": [
                    "what": ["type": "string"], "where": ["type": "string", "nullable": true],
                    "remedy": ["type": "string", "nullable": true],
                ],
            ]
        ],
    ]
}
