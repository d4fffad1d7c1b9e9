package dev.manciple.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One command of the demo and what is said around it.
 *
 * @param arguments of the program
 */
record DemoStep(List<String> before, List<String> arguments, List<String> after) {
    /**
     * The whole way, in a repository at {@code root}.
     *
     * @param hybrid whether the history lies in two stores, whose join is explained before it is run
     */
    static List<DemoStep> all(String root, boolean hybrid) {
        List<DemoStep> steps = new ArrayList<>(all(root));
        if (hybrid) {
            steps.add(1, explained(root));
        }
        return steps;
    }

    private static DemoStep explained(String root) {
        return new DemoStep(
                List.of("   One request over both stores: what each will be sent, and run."),
                List.of(
                        "-c",
                        root,
                        "get-historical-features",
                        "--entities",
                        root + "/orders.csv",
                        "-f",
                        "courier_stats:on_time_rate,market_prices:price",
                        "--explain"),
                List.of());
    }

    private static List<DemoStep> all(String root) {
        String orders = root + "/orders.csv";
        return List.of(
                new DemoStep(
                        List.of(
                                "1. Apply the definitions: the registry learns of them, the online store gets its tables."),
                        List.of("-c", root, "apply"),
                        List.of()),
                new DemoStep(
                        List.of("2. Join history onto the orders, each as of its own time."),
                        List.of("-c", root, "get-historical-features", "--entities", orders, "-S", "order_model"),
                        List.of(
                                "",
                                "   corrected        two rows of one event time: the one created last wins, 0.99",
                                "   reported late    the row of an hour before was written hours later, and still counts: 0.22",
                                "   courier silent   his last row is older than the TTL of two days: nothing",
                                "   courier unknown  nothing, but the price is found",
                                "   before all data  nothing",
                                "   twice the same   one row out for each row in")),
                new DemoStep(
                        List.of(
                                "3. The same with only what was known at each order's time: rows written later are left out, so",
                                "   the correction and the late report disappear."),
                        List.of(
                                "-c",
                                root,
                                "get-historical-features",
                                "--entities",
                                orders,
                                "-f",
                                "courier_stats:on_time_rate",
                                "--filter-by-created-timestamp"),
                        List.of()),
                new DemoStep(
                        List.of("4. Copy the newest values to the online store."),
                        List.of("-c", root, "materialize", "--disable-event-timestamp"),
                        List.of()),
                new DemoStep(
                        List.of("5. Read them back. Expired is told from never seen."),
                        List.of(
                                "-c",
                                root,
                                "get-online-features",
                                "-e",
                                "courier_id=%d,%d,%d".formatted(DemoData.CORRECTED, DemoData.SILENT, DemoData.UNKNOWN),
                                "-e",
                                "ingredient=eel,barley,leek",
                                "-e",
                                "market=riverside,abbey,riverside",
                                "-e",
                                "quantity_kg=4,40,12",
                                "-S",
                                "order_model"),
                        List.of()));
    }

    /** The arguments as a shell needs them. */
    static String quoted(List<String> arguments) {
        return arguments.stream()
                .map(argument -> argument.matches("[A-Za-z0-9_./:=,@%+-]+")
                        ? argument
                        : "'" + argument.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" "));
    }
}
