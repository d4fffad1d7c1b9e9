package dev.manciple.redis;

import dev.manciple.model.Field;
import dev.manciple.spi.OnlineRow;
import dev.manciple.spi.Value;
import dev.manciple.wire.ValueCodec;
import java.util.ArrayList;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.args.Rawable;

/**
 * The commands that store a batch, all of it encoded before the first is sent: a value that cannot be stored stops the batch
 * while nothing is.
 */
final class RowWrites {
    private static final int BYTES_PER_ARGUMENT = 6;

    private final ViewLayout layout;
    private final int lifetimeSeconds;
    private final List<Command> commands = new ArrayList<>();
    /** By command: the position of its first row. */
    private final List<Integer> firstRows = new ArrayList<>();

    private RowWrites(ViewLayout layout, int lifetimeSeconds) {
        this.layout = layout;
        this.lifetimeSeconds = lifetimeSeconds;
    }

    /**
     * Commands that let the newest row of a key win.
     *
     * @param lifetimeSeconds 0 for none
     * @param rowsPerCommand how many rows one command may store
     */
    static RowWrites newestWins(ViewLayout layout, int lifetimeSeconds, List<OnlineRow> rows, int rowsPerCommand) {
        RowWrites writes = new RowWrites(layout, lifetimeSeconds);
        for (int from = 0; from < rows.size(); from += rowsPerCommand) {
            writes.put(rows.subList(from, Math.min(from + rowsPerCommand, rows.size())), from);
        }
        return writes;
    }

    /** Commands that let the last write win, as Feast does when told to skip its check. */
    static RowWrites lastWins(ViewLayout layout, int lifetimeSeconds, List<OnlineRow> rows) {
        RowWrites writes = new RowWrites(layout, lifetimeSeconds);
        for (int i = 0; i < rows.size(); i++) {
            writes.set(rows.get(i), i);
        }
        return writes;
    }

    List<Command> commands() {
        return commands;
    }

    /** The positions of the rows that these commands store; a row of several commands is stored by the last of them. */
    List<Integer> rowsOf(List<Integer> carriedOut, int rowCount) {
        List<Integer> rows = new ArrayList<>();
        for (int command : carriedOut) {
            int end = command + 1 < firstRows.size() ? firstRows.get(command + 1) : rowCount;
            for (int row = firstRows.get(command); row < end; row++) {
                rows.add(row);
            }
        }
        return rows;
    }

    private void put(List<OnlineRow> rows, int firstRow) {
        CommandArguments arguments = Script.PUT.run(rows.size());
        int bytes = 0;
        byte[] firstKey = layout.key(rows.getFirst().key());
        for (OnlineRow row : rows) {
            byte[] key = layout.key(row.key());
            arguments.add(key);
            bytes += key.length + BYTES_PER_ARGUMENT;
        }
        FieldPack pack = new FieldPack(layout);
        arguments.add(lifetimeSeconds).add(layout.timeField()).add(pack.count());
        for (OnlineRow row : rows) {
            byte[] time = EventTimes.encode(row.eventTime());
            arguments.add(time);
            bytes += time.length + BYTES_PER_ARGUMENT;
            for (int i = 0; i < pack.count(); i++) {
                byte[] packed = pack.encode(i, row, time);
                arguments.add(packed);
                bytes += packed.length + BYTES_PER_ARGUMENT;
            }
        }
        add(new Command(firstKey, arguments, bytes), firstRow);
    }

    private void set(OnlineRow row, int position) {
        byte[] key = layout.key(row.key());
        Rawable timeField = layout.timeField();
        CommandArguments arguments = new CommandArguments(Protocol.Command.HSET)
                .add(key)
                .add(timeField)
                .add(EventTimes.encode(row.eventTime()));
        int bytes = key.length + timeField.getRaw().length + 5 * BYTES_PER_ARGUMENT;
        List<Field> features = layout.view().features();
        for (int i = 0; i < features.size(); i++) {
            Value value = row.values().get(i);
            if (value != Value.Missing.MISSING) {
                byte[] encoded = ValueCodec.encode(value, features.get(i).type());
                arguments.add(layout.field(features.get(i))).add(encoded);
                bytes += encoded.length + 3 * BYTES_PER_ARGUMENT;
            }
        }
        add(new Command(key, arguments, bytes), position);
        if (lifetimeSeconds > 0) {
            CommandArguments expire =
                    new CommandArguments(Protocol.Command.EXPIRE).add(key).add(lifetimeSeconds);
            add(new Command(key, expire, key.length + 2 * BYTES_PER_ARGUMENT), position);
        }
    }

    private void add(Command command, int firstRow) {
        commands.add(command);
        firstRows.add(firstRow);
    }
}
