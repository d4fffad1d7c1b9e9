package dev.manciple.sqlite;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.model.FeatureView;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Which view each table belongs to. Feast's layout joins project and view by an underscore, and SQLite ignores case, so that
 * the view {@code b_c} of project {@code a} and the view {@code c} of project {@code a_b} would share a table, unnoticed. A
 * table of our own remembers who came first; Feast does not look at it, and tables it does not know are anyone's.
 */
final class TableOwners {
    /** No view can have this table: it has no underscore. */
    private static final String NAME = "mancipleTables";

    private record Owner(String project, String view) {
        static Owner of(String project, FeatureView view) {
            return new Owner(project, view.name());
        }
    }

    private final Session session;
    private final Path file;
    private final Map<String, Owner> owners;

    private TableOwners(Session session, Path file, Map<String, Owner> owners) {
        this.session = session;
        this.file = file;
        this.owners = owners;
    }

    static TableOwners of(Session session, Path file) throws SQLException {
        Map<String, Owner> owners = new HashMap<>();
        if (!session.columns(new Table(NAME)).isEmpty()) {
            // Whoever else drops a table does not know of this one.
            String existing = """
                    SELECT table_name, project, view FROM %s JOIN sqlite_master \
                    ON type = 'table' AND name = table_name COLLATE NOCASE\
                    """.formatted(NAME);
            try (ResultSet rows = session.prepare(existing).executeQuery()) {
                while (rows.next()) {
                    owners.put(folded(rows.getString(1)), new Owner(rows.getString(2), rows.getString(3)));
                }
            }
        }
        return new TableOwners(session, file, owners);
    }

    /** @throws InvalidRequestException if the view's table belongs to another, or is another's index or the reverse */
    void requireFree(String project, FeatureView view) throws SQLException {
        Table table = Table.of(project, view);
        Owner mine = Owner.of(project, view);
        Owner owner = owners.getOrDefault(folded(table.name()), mine);
        if (!owner.equals(mine)) {
            throw new InvalidRequestException(
                    """
                    View '%s' of project '%s' and view '%s' of project '%s' would share the table '%s' of the SQLite store \
                    '%s', where project and view are joined by an underscore and case does not count. Rename one of them, \
                    or let 'path' of the online store name another file for one of the projects\
                    """.formatted(mine.view(), mine.project(), owner.view(), owner.project(), table.name(), file));
        }
        requireOneMeaning(mine, table);
    }

    private void requireOneMeaning(Owner mine, Table table) throws SQLException {
        PreparedStatement others = session.prepare("""
                SELECT tbl_name FROM sqlite_master WHERE type = 'index' AND name = ? COLLATE NOCASE \
                OR type = 'table' AND name = ? COLLATE NOCASE\
                """);
        others.setString(1, table.name());
        others.setString(2, table.indexName());
        try (ResultSet rows = others.executeQuery()) {
            if (rows.next()) {
                String other = rows.getString(1);
                Owner owner = owners.get(folded(other));
                throw new InvalidRequestException("""
                        View '%s' of project '%s' has the table '%s' and the index '%s', and %s in the SQLite store '%s' has one of \
                        these names too. Rename one of them, or let 'path' of the online store name another file for one of \
                        the projects\
                        """.formatted(
                                mine.view(),
                                mine.project(),
                                table.name(),
                                table.indexName(),
                                owner == null
                                        ? "table '%s'".formatted(other)
                                        : "view '%s' of project '%s'".formatted(owner.view(), owner.project()),
                                file));
            }
        }
    }

    /** Not if the table is another's, which the view never had. */
    boolean mayDrop(String project, FeatureView view) {
        Owner mine = Owner.of(project, view);
        return owners.getOrDefault(folded(Table.of(project, view).name()), mine).equals(mine);
    }

    void record(String project, FeatureView view) throws SQLException {
        String table = Table.of(project, view).name();
        if (owners.putIfAbsent(folded(table), Owner.of(project, view)) == null) {
            session.execute("CREATE TABLE IF NOT EXISTS %s (table_name TEXT PRIMARY KEY, project TEXT, view TEXT)"
                    .formatted(NAME));
            PreparedStatement insert = session.prepare("INSERT OR REPLACE INTO %s VALUES (?, ?, ?)".formatted(NAME));
            insert.setString(1, table);
            insert.setString(2, project);
            insert.setString(3, view.name());
            insert.executeUpdate();
        }
    }

    void forget(String project, FeatureView view) throws SQLException {
        String table = Table.of(project, view).name();
        if (owners.remove(folded(table)) != null) {
            PreparedStatement delete = session.prepare("DELETE FROM %s WHERE table_name = ?".formatted(NAME));
            delete.setString(1, table);
            delete.executeUpdate();
        }
    }

    /** SQLite folds the letters of ASCII only; folding more here would at worst refuse two names that differ by case. */
    private static String folded(String table) {
        return table.toLowerCase(Locale.ROOT);
    }
}
