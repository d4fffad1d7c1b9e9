package dev.manciple.cli;

import dev.manciple.MoveListener;
import dev.manciple.MoveReport;
import dev.manciple.spi.ViewMove;
import dev.manciple.spi.internal.Counted;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** Tells the steps of a move as they are taken; on standard error where the output is for a program. */
final class MoveProgress implements MoveListener {
    private final Session session;

    MoveProgress(Session session) {
        this.session = session;
    }

    @Override
    public void step(String sentence) {
        say(sentence);
    }

    @Override
    public void waiting(Instant until) {
        say("Waiting until %s, when every other process knows"
                .formatted(until.plusMillis(999).truncatedTo(ChronoUnit.SECONDS)));
    }

    private void say(String line) {
        if (session.json()) {
            session.printer().note(line);
        } else {
            session.printer().line(line);
        }
    }

    /** What one order did, and what is left to do. */
    void summary(MoveReport report) {
        if (session.json()) {
            return;
        }
        if (report.copied() > 0 || report.verified() > 0) {
            session.printer()
                    .line(String.format(
                            Locale.ROOT,
                            "%s copied, %,d compared by value, %,d lost, in %.1f s",
                            Counted.of(report.copied(), "row"),
                            report.verified(),
                            report.lost(),
                            report.took().toMillis() / 1000.0));
        }
        boolean open = report.state()
                .map(move -> move.phase() == ViewMove.Phase.CUT_OVER)
                .orElse(false);
        if (open) {
            String command = "%s move %s".formatted(session.program(), report.view());
            session.printer()
                    .line("End it with '%s --finish', or go back with '%s --roll-back'".formatted(command, command));
        }
    }

    static String text(Duration time) {
        return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }
}
