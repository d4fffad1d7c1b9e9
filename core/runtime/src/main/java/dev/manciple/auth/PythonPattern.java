package dev.manciple.auth;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression of Python's {@code re} as one of Java's that matches the same texts. Nothing is passed on as it is written:
 * the two agree on letters and disagree on details, such as what ends a line, what a word is made of and what is special in a class
 * of characters. What only one of them has is refused, except that a lookbehind may be of several lengths.
 */
public final class PythonPattern {
    /** Java repeats also what matches nothing as often as it is told to, one time in another. */
    private static final int MOST_TIMES = 255;

    private static final String WORD = "\\p{L}\\p{N}_";
    private static final String SPACE =
            "\\t-\\r\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}";
    private static final String BLANK = " \t\n\r\u000b\f";

    /** What Python looks at case and classes of characters by. */
    private record Flags(boolean ignoreCase, boolean lines, boolean dotAll, boolean verbose, boolean ascii) {
        static final Flags NONE = new Flags(false, false, false, false, false);

        Flags with(char flag, boolean on) {
            return switch (flag) {
                case 'i' -> new Flags(on, lines, dotAll, verbose, ascii);
                case 'm' -> new Flags(ignoreCase, on, dotAll, verbose, ascii);
                case 's' -> new Flags(ignoreCase, lines, on, verbose, ascii);
                case 'x' -> new Flags(ignoreCase, lines, dotAll, on, ascii);
                case 'a' -> new Flags(ignoreCase, lines, dotAll, verbose, true);
                default -> new Flags(ignoreCase, lines, dotAll, verbose, false);
            };
        }

        /** The members of a category, as within brackets. */
        String members(char category) {
            return switch (category) {
                case 'd' -> ascii ? "0-9" : "\\p{Nd}";
                case 's' -> ascii ? "\\t-\\r\\x{20}" : SPACE;
                default -> ascii ? "a-zA-Z0-9_" : WORD;
            };
        }

        String java() {
            return ignoreCase ? ascii ? "i-u" : "iu" : "-iu";
        }
    }

    /** What a quantifier would repeat. */
    private enum Last {
        NOTHING,
        PLACE,
        ATOM,
        REPEATED
    }

    private final String python;
    private final StringBuilder java = new StringBuilder();
    private final Map<String, Integer> names = new HashMap<>();
    private final BitSet closed = new BitSet();
    private int groups;
    private int at;
    private Flags flags = Flags.NONE;

    private PythonPattern(String python) {
        this.python = python;
    }

    /**
     * What matches a whole text where Python's {@code re.fullmatch} does.
     *
     * @throws PatternSyntaxException with a sentence about what Python or Java has no meaning for
     */
    public static Pattern compile(String python) {
        PythonPattern translated = new PythonPattern(python);
        translated.alternatives(true);
        if (translated.at < python.length()) {
            throw translated.refused("a ')' closes nothing");
        }
        return Pattern.compile("(?%s:%s)".formatted(translated.flags.java(), translated.java));
    }

    private PatternSyntaxException refused(String why) {
        return new PatternSyntaxException(why, python, Math.min(at, python.length()));
    }

    // ---- reading -------------------------------------------------------------------------------------------------

    private boolean isNext(String text) {
        return python.startsWith(text, at);
    }

    private boolean take(String text) {
        if (!isNext(text)) {
            return false;
        }
        at += text.length();
        return true;
    }

    private int next(String within) {
        if (at >= python.length()) {
            throw refused(within + " does not end");
        }
        int character = python.codePointAt(at);
        at += Character.charCount(character);
        return character;
    }

    private String upTo(String end, String within) {
        int to = python.indexOf(end, at);
        if (to < 0) {
            throw refused(within + " does not end");
        }
        String text = python.substring(at, to);
        at = to + end.length();
        return text;
    }

    /** Digits of a number system, as many as there are and no more than asked for. */
    private String digits(int radix, int most) {
        int from = at;
        while (at < python.length()
                && at - from < most
                && python.charAt(at) < 128
                && Character.digit(python.charAt(at), radix) >= 0) {
            at++;
        }
        return python.substring(from, at);
    }

    // ---- expressions ---------------------------------------------------------------------------------------------

    /** @param outermost where flags may stand that are for the whole expression */
    private void alternatives(boolean outermost) {
        sequence(outermost);
        while (take("|")) {
            java.append('|');
            sequence(false);
        }
    }

    private void sequence(boolean first) {
        Last last = Last.NOTHING;
        while (at < python.length() && !isNext("|") && !isNext(")")) {
            int from = at;
            int character = next("the expression");
            if (flags.verbose() && BLANK.indexOf(character) >= 0) {
                continue;
            }
            if (flags.verbose() && character == '#') {
                int end = python.indexOf('\n', at);
                at = end < 0 ? python.length() : end;
                continue;
            }
            last = switch (character) {
                case '*', '+', '?' -> repeated(last, Character.toString(character));
                case '{' -> {
                    Optional<String> times = times();
                    yield times.isPresent() ? repeated(last, times.get()) : literal('{');
                }
                case '(' -> group(last, first && last == Last.NOTHING, from);
                case '[' -> oneOf();
                case '.' -> atom(flags.dotAll() ? "(?s:.)" : "[^\\n]");
                case '^' -> place(flags.lines() ? "(?<![^\\n])" : "\\A");
                case '$' -> place(flags.lines() ? "(?![^\\n])" : "(?=\\n?\\z)");
                case '\\' -> escaped();
                default -> literal(character);
            };
        }
    }

    private Last atom(String text) {
        java.append(text);
        return Last.ATOM;
    }

    private Last place(String text) {
        java.append(text);
        return Last.PLACE;
    }

    private Last literal(int character) {
        return atom(quoted(character));
    }

    private static String quoted(int character) {
        return character < 128 && Character.isLetterOrDigit(character)
                ? Character.toString(character)
                : "\\x{%x}".formatted(character);
    }

    private Last repeated(Last what, String times) {
        switch (what) {
            case NOTHING, PLACE -> throw refused("'%s' has nothing to repeat".formatted(times));
            case REPEATED ->
                throw refused("'%s' repeats what is repeated already: put that into a group".formatted(times));
            case ATOM -> {}
        }
        java.append(times).append(take("?") ? "?" : take("+") ? "+" : "");
        return Last.REPEATED;
    }

    /** How often, after a brace; empty where the brace is one of the text. */
    private Optional<String> times() {
        int from = at;
        String least = digits(10, python.length());
        boolean range = take(",");
        String most = range ? digits(10, python.length()) : least;
        if (!take("}") || (!range && least.isEmpty())) {
            at = from;
            return Optional.empty();
        }
        if (isTooOften(least) || isTooOften(most)) {
            throw refused("'%s' is more often than anything can be in a name: %d times is the most"
                    .formatted(python.substring(from, at - 1), MOST_TIMES));
        }
        return Optional.of("{%s,%s}".formatted(least.isEmpty() ? "0" : least, most));
    }

    private static boolean isTooOften(String times) {
        return times.length() > 9 || (!times.isEmpty() && Integer.parseInt(times) > MOST_TIMES);
    }

    // ---- groups --------------------------------------------------------------------------------------------------

    private Last group(Last before, boolean first, int from) {
        if (!take("?")) {
            return capturing();
        }
        if (take("P<")) {
            String name = upTo(">", "the name of a group");
            if (!isName(name) || names.putIfAbsent(name, groups + 1) != null) {
                throw refused("'%s' is no name of a group, or that of another".formatted(name));
            }
            return capturing();
        }
        if (take("P=")) {
            String name = upTo(")", "the name of a group");
            Integer number = names.get(name);
            if (number == null) {
                throw refused("there is no group '%s' before it is referred to".formatted(name));
            }
            return reference(number);
        }
        if (take("#")) {
            upTo(")", "a comment");
            return before;
        }
        for (String kind : List.of(":", "=", "!", "<=", "<!", ">")) {
            if (take(kind)) {
                return enclosed("(?" + kind, flags);
            }
        }
        if (isNext("(")) {
            throw refused(
                    "'(?(group)yes|no)' asks whether a group has matched, which cannot be asked here: write both cases as alternatives");
        }
        return flagged(before, first, from);
    }

    private static boolean isName(String name) {
        return !name.isEmpty()
                && !Character.isDigit(name.codePointAt(0))
                && name.codePoints().allMatch(each -> each == '_' || Character.isUnicodeIdentifierPart(each));
    }

    private Last capturing() {
        int number = ++groups;
        Last whole = enclosed("(?<g%d>".formatted(number), flags);
        closed.set(number);
        return whole;
    }

    private Last reference(int number) {
        if (!closed.get(number)) {
            throw refused("group %d is referred to before it ends, or is none".formatted(number));
        }
        return atom("\\k<g%d>".formatted(number));
    }

    private Last enclosed(String start, Flags inside) {
        Flags outside = flags;
        flags = inside;
        java.append(start);
        alternatives(false);
        if (!take(")")) {
            throw refused("a '(' is not closed");
        }
        flags = outside;
        return atom(")");
    }

    /** {@code (?flags)} for the whole expression, or {@code (?flags-flags:...)} for a group. */
    private Last flagged(Last before, boolean first, int from) {
        Flags changed = flags;
        boolean on = true;
        while (!isNext(":") && !isNext(")")) {
            char flag = (char) next("a group");
            if (flag == '-' && on) {
                on = false;
            } else if ((on ? "imsxau" : "imsx").indexOf(flag) >= 0) {
                changed = changed.with(flag, on);
            } else {
                throw refused("'%s' begins no kind of group".formatted(python.substring(from, at)));
            }
        }
        String told = python.substring(from, at);
        if (told.equals("(?") || (told.contains("a") && told.contains("u"))) {
            throw refused("'%s' begins no kind of group".formatted(told));
        }
        if (take(":")) {
            return enclosed("(?%s:".formatted(changed.java()), changed);
        }
        if (!first || !on) {
            throw refused("flags for the whole expression stand at its start; those for a part are '(?flags:part)'");
        }
        take(")");
        flags = changed;
        return before;
    }

    // ---- escapes -------------------------------------------------------------------------------------------------

    private Last escaped() {
        int character = next("an escape");
        return switch (character) {
            case 'A' -> place("\\A");
            case 'Z' -> place("\\z");
            case 'b' -> place("(?:(?<=[%1$s])(?![%1$s])|(?<![%1$s])(?=[%1$s]))".formatted(flags.members('w')));
            case 'B' -> place("(?:(?<=[%1$s])(?=[%1$s])|(?<![%1$s])(?![%1$s]))".formatted(flags.members('w')));
            case 'd', 's', 'w' -> atom("[%s]".formatted(flags.members((char) character)));
            case 'D', 'S', 'W' -> atom("[^%s]".formatted(flags.members((char) Character.toLowerCase(character))));
            case '0' -> literal(Integer.parseInt("0" + digits(8, 2), 8));
            case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> numbered();
            default -> literal(character(character));
        };
    }

    /** A group by its number, of two digits if there are two; or a character by three octal ones. */
    private Last numbered() {
        int from = --at;
        String octal = digits(8, 3);
        if (octal.length() == 3) {
            return literal(octal(octal));
        }
        at = from;
        return reference(Integer.parseInt(digits(10, 2)));
    }

    private int octal(String digits) {
        int character = Integer.parseInt(digits, 8);
        if (character > 0377) {
            throw refused("'\\%s' is beyond '\\377'".formatted(digits));
        }
        return character;
    }

    /** The character that is meant by the one after a backslash, wherever that stands. */
    private int character(int escaped) {
        return switch (escaped) {
            case 'a' -> 7;
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'v' -> 0x0b;
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            case 'N' -> named();
            default -> {
                if (escaped < 128 && Character.isLetterOrDigit(escaped)) {
                    throw refused("'\\%c' has no meaning".formatted(escaped));
                }
                yield escaped;
            }
        };
    }

    private int hexadecimal(int length) {
        String digits = digits(16, length);
        if (digits.length() < length || Long.parseLong(digits, 16) > Character.MAX_CODE_POINT) {
            throw refused("'%s' is no character of %d hexadecimal digits".formatted(digits, length));
        }
        return Integer.parseInt(digits, 16);
    }

    private int named() {
        String name = take("{") ? upTo("}", "the name of a character") : "";
        try {
            return Character.codePointOf(name);
        } catch (IllegalArgumentException e) {
            throw refused("'\\N{%s}' names no character".formatted(name));
        }
    }

    // ---- classes of characters -----------------------------------------------------------------------------------

    /** One of some characters, or none of them. Java negates a class within a class in its own ways, so they stand side by side. */
    private Last oneOf() {
        boolean none = take("^");
        StringBuilder members = new StringBuilder();
        List<String> sets = new ArrayList<>();
        boolean first = true;
        while (first || !isNext("]")) {
            first = false;
            int from = member(members, sets);
            if (!isNext("-") || python.startsWith("-]", at)) {
                members.append(from < 0 ? "" : quoted(from));
                continue;
            }
            at++;
            int to = member(members, sets);
            if (from < 0 || to < from) {
                throw refused("a range of characters has to begin and end with one, the lower one first");
            }
            members.append(quoted(from)).append('-').append(quoted(to));
        }
        take("]");
        if (sets.isEmpty()) {
            return atom("[%s%s]".formatted(none ? "^" : "", members));
        }
        if (!members.isEmpty()) {
            sets.add("[%s]".formatted(members));
        }
        String any = String.join("|", sets);
        return atom(none ? "(?:(?!%s)(?s:.))".formatted(any) : "(?:%s)".formatted(any));
    }

    /** A character; or -1 after members of a category were added to the class, or a set of others beside it. */
    private int member(StringBuilder members, List<String> sets) {
        int character = next("a class of characters");
        if (character != '\\') {
            return character;
        }
        int escaped = next("a class of characters");
        switch (escaped) {
            case 'd', 's', 'w' -> members.append(flags.members((char) escaped));
            case 'D', 'S', 'W' -> sets.add("[^%s]".formatted(flags.members((char) Character.toLowerCase(escaped))));
            case 'b' -> {
                return '\b';
            }
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                at--;
                return octal(digits(8, 3));
            }
            default -> {
                return character(escaped);
            }
        }
        return -1;
    }
}
