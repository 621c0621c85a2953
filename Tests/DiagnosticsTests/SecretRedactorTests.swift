import Diagnostics
import Testing

@Suite struct SecretRedactorTests {
    private let redactor = SecretRedactor(secrets: ["s3cr3t/+key", "ab", ""])

    @Test(arguments: [
        ("nothing here", "nothing here"),
        ("key s3cr3t/+key.", "key ***."),
        ("encoded s3cr3t%2F%2Bkey", "encoded ***"),
        ("ab stays: too short to hide", "ab stays: too short to hide"),
        ("postgresql://u:p@h/db?x=1", "postgresql://u:***@h/db?x=1"),
        ("postgresql://u:p@ss/w@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u@h:5432/db", "postgresql://u@h:5432/db"),
        ("http://h:80/a@b", "http://h:***@b"),
        ("host=h password=pw dbname=d", "host=h password=*** dbname=d"),
        ("PASSWORD = 'a b' x", "PASSWORD = '***' x"),
        (#"{"api_key":"xyz","n":1}"#, #"{"api_key":"***","n":1}"#),
        ("?access_key=abc&secret_key=def", "?access_key=***&secret_key=***"),
        ("Authorization: Bearer eyJhbGciOi", "Authorization: *** ***"),
        ("the password is missing", "the password is missing"),
        ("a bearer of news", "a bearer of news"),
        ("password=", "password="),
    ])
    func hides(text: String, shown: String) {
        #expect(redactor.redacted(text) == shown)
    }

    @Test func aSecretThatBeginsWithAnotherIsHiddenWhole() {
        let redactor = SecretRedactor(secrets: ["abcd", "abcdefgh"])
        #expect(redactor.redacted("abcdefgh") == "***")
    }

    @Test func namesThatHoldSecrets() {
        #expect(SecretRedactor.isSecretName("TELEGRAM_BOT_TOKEN"))
        #expect(SecretRedactor.isSecretName("password"))
        #expect(!SecretRedactor.isSecretName("tokens_used"))
    }

    @Test func anyTextIsTaken() {
        let pieces = ["://", ":", "@", "password", "=", "'", "\"", " ", "Bearer ", "é", "s3cr3t/+key", "\0"]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 0...14)).compactMap { _ in pieces.randomElement() }.joined()
            #expect(!redactor.redacted(text).contains("s3cr3t/+key"))
        }
    }
}
