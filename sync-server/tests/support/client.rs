//! A client that speaks frames over a real socket. Every wait has an end.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use protocol::wire::{
    Acked, EntryBytes, Invite, List, RecordBytes, RequestId, ToDevice, ToRelay, find_request,
};
use protocol::{AccountSeq, Challenge};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::account::{Account, Pen};

/// Longer than anything on a loaded machine takes.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A frame that was received.
#[derive(Clone, Debug)]
pub struct Frame(pub Vec<u8>);

impl Frame {
    pub fn read(&self) -> ToDevice<'_> {
        ToDevice::decode(&self.0).unwrap().1
    }

    pub fn request(&self) -> RequestId {
        find_request(&self.0).unwrap()
    }

    /// The refusal in it, without what it borrows.
    pub fn refusal(&self) -> (u16, protocol::wire::Refusal<'_>) {
        match self.read() {
            ToDevice::Refused { index, refusal } => (index, refusal),
            other => panic!("not refused: {other:?}"),
        }
    }
}

/// One connection.
pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub challenge: Challenge,
    pub origin: String,
    pub greeting: Frame,
    pub hints: VecDeque<Frame>,
    request: u32,
}

impl Client {
    /// Connects, and takes the challenge.
    pub async fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).await.unwrap()
    }

    pub async fn try_connect(address: SocketAddr) -> Result<Self, tungstenite::Error> {
        let mut client = Self::open(address, &[]).await?;
        let closed = tungstenite::Error::ConnectionClosed;
        let greeting = client.receive().await.ok_or(closed)?;
        client.greet(greeting)
    }

    /// Takes the challenge of a socket that was opened.
    pub async fn greeted(mut self) -> Self {
        let greeting = self.receive().await.unwrap();
        self.greet(greeting).unwrap()
    }

    /// A member that takes in little before it is read: what it asks for soon waits at the relay.
    pub async fn narrow(address: SocketAddr, pen: &Pen) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let stream = socket.connect(address).await.unwrap();
        let url = format!("ws://{address}/relay");
        let connecting = tokio_tungstenite::client_async(url, MaybeTlsStream::Plain(stream));
        let (socket, _) = tokio::time::timeout(PATIENCE, connecting)
            .await
            .unwrap()
            .unwrap();
        let mut client = Self::over(socket).greeted().await;
        let answer = client.hello(pen).await;
        assert!(matches!(answer.read(), ToDevice::Welcome { .. }));
        client
    }

    /// The connection below the messages.
    pub fn stream(&mut self) -> &mut TcpStream {
        match self.socket.get_mut() {
            MaybeTlsStream::Plain(stream) => stream,
            _ => panic!("plain"),
        }
    }

    /// Connects with more headers, and reads nothing.
    pub async fn open(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{address}/relay").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let config = tungstenite::protocol::WebSocketConfig::default().max_message_size(None);
        let connecting = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        let (socket, _) = tokio::time::timeout(PATIENCE, connecting).await.unwrap()?;
        Ok(Self::over(socket))
    }

    fn over(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Self {
        Self {
            socket,
            challenge: Challenge::NIL,
            origin: String::new(),
            greeting: Frame(Vec::new()),
            hints: VecDeque::new(),
            request: 0,
        }
    }

    fn greet(mut self, greeting: Frame) -> Result<Self, tungstenite::Error> {
        if let ToDevice::Challenge {
            challenge, origin, ..
        } = greeting.read()
        {
            self.challenge = challenge;
            self.origin = origin.as_str().to_owned();
        } else {
            // It was told to come back later.
            return Err(tungstenite::Error::ConnectionClosed);
        }
        self.greeting = greeting;
        Ok(self)
    }

    /// Connects and shows who it is.
    pub async fn member(address: SocketAddr, pen: &Pen) -> Self {
        let mut client = Self::connect(address).await;
        let answer = client.hello(pen).await;
        assert!(
            matches!(answer.read(), ToDevice::Welcome { .. }),
            "{:?}",
            answer.read()
        );
        client
    }

    /// Makes the account first.
    pub async fn first(address: SocketAddr, account: &Account) -> Self {
        let mut client = Self::connect(address).await;
        let answer = client.register(account, "").await;
        assert!(matches!(answer.read(), ToDevice::ChainAck { .. }));
        let answer = client.hello(&account.pens[0]).await;
        assert!(matches!(answer.read(), ToDevice::Welcome { .. }));
        client
    }

    pub fn next_request(&mut self) -> RequestId {
        self.request += 1;
        RequestId(self.request)
    }

    pub async fn send_bytes(&mut self, bytes: Vec<u8>) {
        self.try_send(bytes).await.unwrap();
    }

    pub async fn try_send(&mut self, bytes: Vec<u8>) -> Result<(), tungstenite::Error> {
        let sending = self.socket.send(Message::Binary(bytes.into()));
        tokio::time::timeout(PATIENCE, sending).await.unwrap()
    }

    /// The next frame, or `None` when the connection ended.
    pub async fn receive(&mut self) -> Option<Frame> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next());
            match next.await.expect("the relay is silent") {
                Some(Ok(Message::Binary(bytes))) => return Some(Frame(bytes.to_vec())),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(other)) => panic!("{other:?}"),
            }
        }
    }

    /// The next frame that nobody asked for.
    pub async fn hint(&mut self) -> Frame {
        if let Some(hint) = self.hints.pop_front() {
            return hint;
        }
        let frame = self.receive().await.expect("a hint");
        assert_eq!(frame.request(), RequestId::NONE, "{:?}", frame.read());
        frame
    }

    /// The answer to a request; what nobody asked for is kept.
    pub async fn answer(&mut self, request: RequestId) -> Option<Frame> {
        loop {
            let frame = self.receive().await?;
            if frame.request() == request {
                return Some(frame);
            }
            assert_eq!(frame.request(), RequestId::NONE, "{:?}", frame.read());
            self.hints.push_back(frame);
        }
    }

    pub async fn ask(&mut self, asked: &ToRelay<'_>) -> Frame {
        self.try_ask(asked).await.expect("an answer")
    }

    pub async fn try_ask(&mut self, asked: &ToRelay<'_>) -> Option<Frame> {
        let request = self.next_request();
        self.try_send(asked.encode(request).unwrap()).await.ok()?;
        self.answer(request).await
    }

    pub async fn hello(&mut self, pen: &Pen) -> Frame {
        let request = self.next_request();
        let bytes = pen.hello(&self.challenge, &self.origin, request);
        self.send_bytes(bytes).await;
        self.answer(request).await.unwrap()
    }

    pub async fn register(&mut self, account: &Account, invite: &str) -> Frame {
        let entries = account.entries.iter().map(|entry| EntryBytes(entry));
        let register = ToRelay::Register {
            account: account.id,
            invite: Invite(invite.as_bytes()),
            entries: List(entries.collect()),
        };
        self.ask(&register).await
    }

    pub async fn push(&mut self, records: &[Vec<u8>]) -> Frame {
        self.try_push(records).await.expect("an answer")
    }

    pub async fn try_push(&mut self, records: &[Vec<u8>]) -> Option<Frame> {
        let records = records.iter().map(|bytes| RecordBytes(bytes)).collect();
        let records = List(records);
        self.try_ask(&ToRelay::Push { records }).await
    }

    /// Pushes what must be taken.
    pub async fn pushed(&mut self, records: &[Vec<u8>]) -> Vec<Acked> {
        let answer = self.push(records).await;
        match answer.read() {
            ToDevice::Ack { records } => records.0,
            other => panic!("{other:?}"),
        }
    }

    pub async fn pull(&mut self, after: u64, max_bytes: u32) -> Frame {
        let after = AccountSeq(after);
        self.ask(&ToRelay::Pull { after, max_bytes }).await
    }

    /// The whole log.
    pub async fn log(&mut self) -> Vec<Vec<u8>> {
        let mut log = Vec::new();
        loop {
            let page = self.pull(log.len() as u64, u32::MAX).await;
            let ToDevice::Page { head, records } = page.read() else {
                panic!("{:?}", page.read());
            };
            for record in &records.0 {
                assert_eq!(record.seq.0, log.len() as u64 + 1, "no holes");
                log.push(record.record.0.to_vec());
            }
            if head.0 == log.len() as u64 {
                return log;
            }
            assert!(
                !records.0.is_empty(),
                "a page that is not the last has records"
            );
        }
    }
}
