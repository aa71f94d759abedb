"""Reads a simulated meter with iec62056-21 and compares what it understands: which meter, place."""

import sys

import serial_of_terminals  # noqa: F401
from iec62056_21.client import Iec6205621Client
from iec62056_21.messages import CommandMessage, DataSet

ACK, NAK = "\x06", "\x15"


def connected(place, address):
    if place.startswith("tcp://"):
        host, port = place.removeprefix("tcp://").split(":")
        client = Iec6205621Client.with_tcp_transport((host, int(port)), device_address=address)
        client.transport.socket.settimeout(10)
    else:
        client = Iec6205621Client.with_serial_transport(place)
    client.connect()
    return client


def log_in(client, password):
    command = CommandMessage(command="P", command_type=1, data_set=DataSet(address="", value=password))
    client.transport.send(command.to_bytes())
    return client._recv_ack()


def session(place, address, operand, password):
    client = connected(place, address)
    asked = client.access_programming_mode()
    assert asked.data_set.value == operand, asked
    assert log_in(client, password) == ACK
    return client


def value(client, address):
    answer = client.read_single_value(address, "")
    assert answer.address == address, answer
    return answer.value


def neva(place):
    client = session(place, "00000201", "00000000", "00000000")
    assert (client.manufacturer_id, client.identification) == ("TPC", "EVAMT324.2303"), client.identification
    assert client.switchover_baudrate == 9600
    assert value(client, "600100FF") == "60089784"
    assert value(client, "0F0880FF") == "013576.84,008963.66,004613.18,000000.00,000000.00"
    assert value(client, "200700FF") == "0230.11"
    # A code that it does not have is answered with an error that has no address.
    unknown = client.read_single_value("77777777", "")
    assert (unknown.address, unknown.value) == (None, "01"), unknown
    client.write_single_value("60010AFF", "KITCHEN         ")
    assert value(client, "60010AFF") == "KITCHEN         "
    client.send_break()
    client.disconnect()
    if place.startswith("tcp://"):
        client = connected(place, "00000201")
        client.access_programming_mode()
        assert log_in(client, "12345678") == NAK
        client.send_break()
        client.disconnect()


def readout(place):
    client = connected(place, "")
    sets = [(set.address, set.value, set.unit) for set in client.standard_readout().data]
    assert ("1.8.0", "0013576.841", "kWh") in sets, sets
    assert ("0.0.0", "60089784", None) in sets, sets
    assert ("1.8.2", "0033402.264", "kWh") in sets, sets
    assert len(sets) == 9, sets
    client.disconnect()


def energomera(place):
    client = session(place, "", "777777", "777777")
    assert client.manufacturer_id == "EKT"
    assert value(client, "FREQU") == "49.97"
    request = CommandMessage.for_single_read("VOLTA")
    client.transport.send(request.to_bytes())
    assert [set.value for set in client.read_response().data] == ["230.11", "231.12", "232.13"]
    client.send_break()
    client.disconnect()


{"neva": neva, "readout": readout, "energomera": energomera}[sys.argv[1]](sys.argv[2])
