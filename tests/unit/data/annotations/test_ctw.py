"""SCUT-CTW1500: XML and text."""

COORDINATES = "10,20,30,15,50,20,55,40,30,35,12,40"
POINTS = [[10, 20], [30, 15], [50, 20], [55, 40], [30, 35], [12, 40]]
XML = f"""<?xml version="1.0" ?><Annotations>
    <image file="0001.jpg">
        <box height="25" left="10" top="15" width="45">
            <label>KING'S &amp; "Co", Ltd</label>
            <segs>{COORDINATES}</segs>
            <pts x0="10" y0="20" />
        </box>
        <box height="1" left="1" top="1" width="1"><label>###</label><segs>{COORDINATES}</segs></box>
        <box height="1" left="1" top="1" width="1"><label>no outline</label></box>
        <box height="1" left="1" top="1" width="1"><label>odd</label><segs>{COORDINATES},7</segs></box>
    </image>
</Annotations>"""


def test_xml(read):
    assert read(XML, "0001.xml") == [
        (
            "0001.jpg",
            [
                ("KING'S & \"Co\", Ltd", POINTS),
                ("###", POINTS, "do not care"),
                ("#3", "not a number"),
                ("#4", "x without y"),
            ],
        )
    ]


def test_text(read):
    lines = [f"{COORDINATES},####a, b", f"{COORDINATES},####", f"{COORDINATES},#######", "1,2,####few", "nothing"]
    assert read("\n".join(lines), "0001001.txt") == [
        (
            None,
            [
                ("a, b", POINTS),
                ("", POINTS),
                ("###", POINTS, "do not care"),
                (":4", "too few points"),
                (":5", "not a CTW line"),
            ],
        )
    ]


def test_four_points_are_not_taken_for_icdar(read):
    assert read("1,2,30,2,30,20,1,20,####word")[0][1][0][0] == "word"
