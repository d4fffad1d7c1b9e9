package dev.manciple.docs;

import dev.manciple.docs.Described.Side;
import dev.manciple.spi.OfflineCapability;
import dev.manciple.spi.OnlineCapability;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tables of what stores can do are written from what they declare. */
class StoreTablesTest {
    @TempDir
    private Path folder;

    @Test
    void sayWhatStoresDeclare() {
        List<Described> all = Described.all(folder);
        Page overview = Page.of("stores/README.md");
        for (Side side : Side.values()) {
            overview.assertGenerated(
                    side.name().toLowerCase(Locale.ROOT),
                    table(
                            side,
                            all.stream().filter(store -> store.side() == side).toList(),
                            true));
        }
    }

    @Test
    void standOnThePageOfEachStore() {
        for (Described store : Described.all(folder)) {
            store.page()
                    .assertGenerated(
                            store.side().name().toLowerCase(Locale.ROOT) + " " + store.type(),
                            table(store.side(), List.of(store), false));
        }
    }

    /** One row per store and one column per capability, so that a capability nobody has is seen as well. */
    private static String table(Side side, List<Described> stores, boolean linked) {
        List<String> capabilities = capabilities(side);
        List<String> header = Stream.concat(Stream.of("`type`", "maturity"), capabilities.stream())
                .toList();
        StringBuilder table = new StringBuilder(row(header));
        table.append(row(header.stream().map(cell -> "---").toList()));
        for (Described store : stores) {
            String names = store.names().stream().map("`%s`"::formatted).collect(Collectors.joining(", "));
            Stream<String> cells = capabilities.stream().map(capability -> cell(store, capability));
            table.append(row(Stream.concat(
                            Stream.of(
                                    linked ? "[%s](%s.md)".formatted(names, store.pageName()) : names,
                                    store.maturity().name().toLowerCase(Locale.ROOT)),
                            cells)
                    .toList()));
        }
        return table.toString();
    }

    private static String cell(Described store, String capability) {
        return store.capabilities()
                .map(capabilities -> capabilities.contains(capability) ? "yes" : "–")
                .orElse("as its server");
    }

    private static String row(List<String> cells) {
        return cells.stream().collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    private static List<String> capabilities(Side side) {
        return switch (side) {
            case OFFLINE -> Stream.of(OfflineCapability.values()).map(Words::of).toList();
            case ONLINE -> Stream.of(OnlineCapability.values()).map(Words::of).toList();
            case REGISTRY -> List.of();
        };
    }
}
