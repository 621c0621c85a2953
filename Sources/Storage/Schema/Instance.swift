/// What a database is for: its exchange, whether the data is simulated, and whose journals fill it.
package struct Instance: Sendable, Equatable {
    /// The profile's name, such as `upbit`.
    package var exchange: String
    package var isSimulated: Bool
    /// The identity of the data folder whose journals belong to the database.
    package var dataFolderID: String

    package init(exchange: String, isSimulated: Bool, dataFolderID: String) {
        self.exchange = exchange
        self.isSimulated = isSimulated
        self.dataFolderID = dataFolderID
    }
}
