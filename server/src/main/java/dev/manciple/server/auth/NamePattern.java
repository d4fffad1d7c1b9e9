package dev.manciple.server.auth;

import dev.manciple.auth.PythonPattern;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One of a permission's patterns of names. Whoever may write permissions may write one that takes for ever to find that a name does
 * not match, such as {@code (a*)*\1b}, and every request would wait for it: such a name does not match, and the log says so once.
 * Thread-safe.
 */
final class NamePattern {
    /** Characters looked at for one name, some milliseconds of them; patterns in use look at each a few times. */
    static final int MOST_LOOKS = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger(NamePattern.class);

    private final String permission;
    private final String written;
    private final Pattern pattern;
    private final AtomicBoolean told = new AtomicBoolean();

    /**
     * Reads a pattern.
     *
     * @param permission whose pattern it is, for the log
     * @throws PatternSyntaxException if it cannot be understood
     */
    NamePattern(String permission, String written) {
        this.permission = permission;
        this.written = written;
        this.pattern = PythonPattern.compile(written);
    }

    boolean matches(String name) {
        try {
            return pattern.matcher(new Watched(name, 0, name.length(), new AtomicInteger()))
                    .matches();
        } catch (TooMuch | StackOverflowError e) {
            // The matcher goes one call deeper with each character of some patterns.
            if (told.compareAndSet(false, true)) {
                LOG.warn(
                        "Pattern '{}' of permission '{}' takes too long over a name of {} characters, which it is taken not to match",
                        written,
                        permission,
                        name.length());
            }
            return false;
        }
    }

    private static final class TooMuch extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMuch() {
            super(null, null, false, false);
        }
    }

    /** A text that counts how often it is looked at. */
    private record Watched(String text, int from, int to, AtomicInteger looks) implements CharSequence {
        @Override
        public int length() {
            return to - from;
        }

        @Override
        public char charAt(int index) {
            if (looks.getAndIncrement() == MOST_LOOKS) {
                throw new TooMuch();
            }
            return text.charAt(from + index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return new Watched(text, from + start, from + end, looks);
        }

        @Override
        public String toString() {
            return text.substring(from, to);
        }
    }
}
