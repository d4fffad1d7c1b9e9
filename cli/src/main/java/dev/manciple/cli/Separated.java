package dev.manciple.cli;

import java.util.ArrayList;
import java.util.List;

/** Lists written with commas; a comma that belongs to a value has a backslash before it. */
final class Separated {
    private Separated() {}

    static List<String> values(String text) {
        List<String> values = new ArrayList<>();
        StringBuilder value = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i++;
                value.append(text.charAt(i));
            } else if (c == ',') {
                values.add(value.toString());
                value.setLength(0);
            } else {
                value.append(c);
            }
        }
        values.add(value.toString());
        return values;
    }

    /** Of an option given several times. */
    static List<String> values(List<String> texts) {
        return texts.stream().flatMap(text -> values(text).stream()).toList();
    }
}
