package dev.manciple.hybrid.online;

import dev.manciple.error.ConfigException;
import dev.manciple.model.FeatureView;
import dev.manciple.spi.ViewMove;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A view's move, written as a tag of the view: the one part of a definition that every registry keeps, Feast's included, and
 * that every process which serves the view has before it anyway.
 *
 * @param key differs by routing tag, so that a router inside a router has moves of its own
 */
record MoveTag(String key) {
    private static final Pattern TEXT = Pattern.compile("(\\S+) from (\\S+) to (\\S+) since (\\S+)");

    static MoveTag of(String routingTag) {
        return new MoveTag("manciple.dev/move-" + routingTag);
    }

    Optional<ViewMove> read(FeatureView view) {
        String text = view.about().tags().get(key);
        return text == null ? Optional.empty() : Optional.of(parse(view, text));
    }

    private ViewMove parse(FeatureView view, String text) {
        Matcher parts = TEXT.matcher(text);
        try {
            if (parts.matches()) {
                return new ViewMove(
                        decoded(parts.group(2)),
                        decoded(parts.group(3)),
                        ViewMove.Phase.valueOf(parts.group(1).toUpperCase(Locale.ROOT)),
                        Instant.parse(parts.group(4)));
            }
        } catch (IllegalArgumentException | DateTimeException e) {
            throw unreadable(view, text);
        }
        throw unreadable(view, text);
    }

    private ConfigException unreadable(FeatureView view, String text) {
        return new ConfigException(
                "feature view '" + view.name() + "'",
                List.of(
                        "its tag '%s' is written by 'manciple move' and cannot be read: '%s'. Apply the definitions again, which removes it, then move the view again"
                                .formatted(key, text)));
    }

    FeatureView written(FeatureView view, ViewMove move) {
        Map<String, String> tags = new HashMap<>(view.about().tags());
        tags.put(
                key,
                "%s from %s to %s since %s"
                        .formatted(
                                move.phase().name().toLowerCase(Locale.ROOT),
                                encoded(move.from()),
                                encoded(move.to()),
                                move.since()));
        return view.about(view.about().tags(tags));
    }

    FeatureView removed(FeatureView view) {
        Map<String, String> tags = new HashMap<>(view.about().tags());
        tags.remove(key);
        return view.about(view.about().tags(tags));
    }

    private static String encoded(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8);
    }

    private static String decoded(String name) {
        return URLDecoder.decode(name, StandardCharsets.UTF_8);
    }
}
