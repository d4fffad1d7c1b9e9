package dev.manciple.spi.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow.Subscription;
import org.junit.jupiter.api.Test;

class LimitedBodyTest {
    private static final int LIMIT = 6;

    private final LimitedBody body = new LimitedBody(LIMIT);
    private final CompletableFuture<byte[]> whole = body.getBody().toCompletableFuture();
    private boolean cancelled;

    LimitedBodyTest() {
        body.onSubscribe(new Subscription() {
            @Override
            public void request(long items) {}

            @Override
            public void cancel() {
                cancelled = true;
            }
        });
    }

    private static ByteBuffer part(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void givesAllPartsInOrder() {
        body.onNext(List.of(part("ab"), part("c")));
        body.onNext(List.of(part("def")));
        assertThat(whole).isNotDone();
        body.onComplete();

        assertThat(whole.join()).isEqualTo("abcdef".getBytes(StandardCharsets.UTF_8));
        assertThat(cancelled).isFalse();
    }

    @Test
    void takesNoMoreOnceThereIsTooMuch() {
        body.onNext(List.of(part("abc")));
        body.onNext(List.of(part("def"), part("g")));

        assertThat(cancelled).isTrue();
        assertThatThrownBy(whole::get)
                .cause()
                .isInstanceOf(LimitedBody.TooLargeException.class)
                .hasMessage("the answer has more than 6 bytes");
    }

    @Test
    void failsAsTheConnectionDoes() {
        IOException reset = new IOException("reset");
        body.onNext(List.of(part("abc")));
        body.onError(reset);

        assertThatThrownBy(whole::get).cause().isSameAs(reset);
    }
}
