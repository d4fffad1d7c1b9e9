package dev.manciple.tck;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate that is its own authority, and its key, for tests of encrypted connections.
 *
 * @param keystore both, as PKCS #12 under {@link #PASSWORD}
 * @param certificate as PEM
 * @param key as PEM, PKCS #8
 */
public record SelfSigned(Path keystore, Path certificate, Path key) {
    public static final String PASSWORD = "changeit";

    /**
     * Makes {@code name.p12}, {@code name.crt} and {@code name.key} with the tool every JDK has.
     *
     * @param subject whom the certificate is for, such as {@code ip:127.0.0.1} or {@code dns:elsewhere.example}
     */
    public static SelfSigned make(Path folder, String name, String subject)
            throws IOException, InterruptedException, GeneralSecurityException {
        SelfSigned files = new SelfSigned(
                folder.resolve(name + ".p12"), folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        name,
                        "-keyalg",
                        "RSA",
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=" + subject,
                        "-keystore",
                        files.keystore().toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool made no certificate in " + folder);
        }
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(files.keystore())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem(files.certificate(), "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(
                files.key(),
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
        return files;
    }

    private static void pem(Path file, String what, byte[] bytes) throws IOException {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
        Files.writeString(
                file,
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n".formatted(what, base64),
                StandardCharsets.US_ASCII);
    }
}
