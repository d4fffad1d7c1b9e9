package dev.manciple.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What permissions of the registry leave open, and the roles they name. */
class PermissionCommandsTest {
    @TempDir
    Path folder;

    @BeforeEach
    void repository() throws IOException {
        Rides.apply(folder, """
                permissions:
                  - {name: reading, types: [feature_view], actions: [read], policy: {roles: [reader, auditor]}}
                  - {name: writing, types: [feature_view], actions: [write, crud], policy: {roles: [writer]}}
                  - {name: some, types: [entity], name_patterns: ["dri.*"], actions: [describe], policy: {groups: [all]}}
                """);
    }

    private List<String> lines(String... arguments) {
        Cli.Result result = Cli.in(folder).run(arguments);
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        return result.out().lines().map(line -> line.replaceAll(" {2,}", " | ")).toList();
    }

    @Test
    void tellsWhatIsOpenToNobody() {
        assertThat(lines("permissions", "check"))
                .containsExactly(
                        "No permission covers these objects; once 'auth' is on, nobody may do anything with them:",
                        "NAME | TYPE",
                        "data | DataSource",
                        "No permission allows these actions on the others:",
                        "NAME | TYPE | UNSECURED ACTIONS",
                        "driver | Entity | create, update, delete, read_online, read_offline, write_online, write_offline");
        assertThat(lines("permissions", "check", "--json").getFirst()).startsWith("{");
    }

    @Test
    void listsRoles() {
        assertThat(lines("permissions", "list-roles")).containsExactly("ROLE NAME", "auditor", "reader", "writer");
        assertThat(lines("permissions", "list-roles", "-v"))
                .containsExactly(
                        "ROLE NAME | RESOURCE NAME | RESOURCE TYPE | PERMITTED ACTIONS",
                        "auditor | trips | FeatureView | read_online, read_offline",
                        "reader | trips | FeatureView | read_online, read_offline",
                        "writer | trips | FeatureView | create, describe, update, delete, write_online, write_offline");
    }
}
