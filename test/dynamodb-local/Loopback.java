import java.lang.reflect.Field;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import software.amazon.dynamodb.services.local.main.ServerRunner;
import software.amazon.dynamodb.services.local.server.DynamoDBProxyServer;

/**
 * DynamoDB Local in memory, on loopback and on a free port, which it prints: its own main class listens on every
 * interface and has no option for one. It ends when its standard input does, so it never outlives whoever started it.
 */
public final class Loopback {
  private static final String[] OPTIONS = {"-inMemory", "-disableTelemetry"};

  public static void main(String[] arguments) throws Exception {
    DynamoDBProxyServer proxy = ServerRunner.createServerFromCommandLineArgs(OPTIONS);
    ServerConnector connector = (ServerConnector) serverOf(proxy).getConnectors()[0];
    connector.setHost("127.0.0.1");
    connector.setPort(0);
    proxy.start();
    System.out.println("listening on http://127.0.0.1:" + connector.getLocalPort());
    while (System.in.read() >= 0) {
      // Nothing is expected but the end.
    }
    System.exit(0);
  }

  private static Server serverOf(DynamoDBProxyServer proxy) throws ReflectiveOperationException {
    Field server = DynamoDBProxyServer.class.getDeclaredField("server");
    server.setAccessible(true);
    return (Server) server.get(proxy);
  }
}
