import Diagnostics
import Storage
import Testing

@Suite struct MigrationSetTests {
    private func fault(_ files: [(name: String, text: String)]) -> String? {
        do {
            _ = try MigrationSet(files: files)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func theProgramCarriesItsMigrations() throws {
        let set = try MigrationSet.embedded()
        #expect(set.newestNumber >= 9)
        #expect(set.migrations[0].name == "ground")
        #expect(set.migrations[0].down.deletesData)
        #expect(set.migrations.allSatisfy { $0.up.verification != nil })
    }

    @Test func gapsAndMissingHalvesAreRefused() {
        #expect(fault([("0002_b.up.sql", ""), ("0002_b.down.sql", "")])?.contains("1 is missing") == true)
        #expect(fault([("0001_a.up.sql", "")])?.contains("lacks its up or its down") == true)
        #expect(fault([("0001_a.up.sql", ""), ("0001_b.down.sql", "")])?.contains("lacks") == true)
        #expect(fault([("0001_a.up.sql", ""), ("0001_b.up.sql", "")])?.contains("two files") == true)
        #expect(fault([("1_a.up.sql", "")])?.contains("no name of a migration") == true)
    }

    @Test func directivesEndWithTheFirstOrdinaryLine() throws {
        let script = try MigrationScript(
            "-- transaction: none\n-- verify: 1 = 1\n--\n-- nonsense: here is prose\nSELECT 1", file: "a")
        #expect(!script.isTransactional)
        #expect(script.verification == "1 = 1")
        #expect(throws: StorageError.self) { try MigrationScript("-- wehn: native\n", file: "a") }
        #expect(throws: StorageError.self) { try MigrationScript("-- when: oracle\n", file: "a") }
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func checksumsAreSHA256(text: String, digits: String) throws {
        #expect(try MigrationScript(text, file: "a").checksum == digits)
    }
}
