"""Street View Text, and ICDAR 2003, which has the same form."""

SVT = """<?xml version="1.0" encoding="utf-8"?>
<tagset>
  <image>
    <imageName>img/14_03.jpg</imageName>
    <address>341 Southwest 10th Avenue Portland OR</address>
    <lex>LIVING,ROOM,THEATERS</lex>
    <Resolution x="1280" y="880" />
    <taggedRectangles>
      <taggedRectangle height="75" width="236" x="375" y="253">
        <tag>LIVING</tag>
      </taggedRectangle>
      <taggedRectangle height="76" width="175" x="639" y="" >
        <tag>ROOM</tag>
      </taggedRectangle>
    </taggedRectangles>
  </image>
  <image><imageName>img/empty.jpg</imageName><taggedRectangles/></image>
</tagset>
"""
IC03 = """<?xml version="1.0" encoding="ISO-8859-1"?>
<tagset><image><imageName>apanar_06.08.2002/IMG_1261.JPG</imageName><resolution x="1600" y="1200" />
<taggedRectangles><taggedRectangle x="174.0" y="392.0" width="274.0" height="195.0" offset="0.0" rotation="0.0"
userName="admin"><tag>Caf\u00e9 &amp; &#163;</tag><segmentation><xOff>74.0</xOff></segmentation></taggedRectangle>
</taggedRectangles></image></tagset>"""


def test_the_pictures_and_their_rectangles(read):
    assert read(SVT, "train.xml") == [
        ("img/14_03.jpg", [("LIVING", [[375, 253], [611, 328]]), ("#img/14_03.jpg#2", "not a number")]),
        ("img/empty.jpg", []),
    ]


def test_icdar_2003_in_the_encoding_that_it_declares(read, caplog):
    expected = [("apanar_06.08.2002/IMG_1261.JPG", [("Café & £", [[174, 392], [448, 587]])])]
    assert read(IC03.encode("latin-1"), "locations.xml") == expected
    assert caplog.text == ""
