"""Fetches files with Scrapy's FilesPipeline, as a peer of the benchmarked harvest.

    harvest_peers.py PROXY URLS FOLDER [REQUESTS AT ONCE]

Prints one line of JSON for the wall time and one for the CPU time.
"""

import json
import os
import resource
import sys
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import scrapy
from scrapy.crawler import CrawlerProcess


class Files(scrapy.Spider):
    name = "files"

    async def start(self):
        for url in URLS:
            yield {"file_urls": [url]}


PROXY, LIST, FOLDER = sys.argv[1:4]
AT_ONCE = int(sys.argv[4]) if len(sys.argv) > 4 else 32
URLS = Path(LIST).read_text().split()
# So that requests for robots.txt take it too.
os.environ["http_proxy"] = PROXY

process = CrawlerProcess(
    {
        "ITEM_PIPELINES": {"scrapy.pipelines.files.FilesPipeline": 1},
        "FILES_STORE": FOLDER,
        "CONCURRENT_REQUESTS": AT_ONCE,
        "CONCURRENT_ITEMS": AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "MEDIA_ALLOW_REDIRECTS": True,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "ERROR",
    }
)
started = perf_counter()
process.crawl(Files)
process.start()
seconds = perf_counter() - started
stored = sum(1 for file in Path(FOLDER).rglob("*") if file.is_file())
usage = resource.getrusage(resource.RUSAGE_SELF)
cpu = usage.ru_utime + usage.ru_stime
entry = {"peer": "scrapy", "version": version("scrapy"), "note": f"FilesPipeline, {AT_ONCE} requests at once, obeying robots.txt; {stored} files"}
print(json.dumps({**entry, "work": "harvest_works", "value": stored / seconds}))
print(json.dumps({**entry, "work": "harvest_cpu", "value": cpu / stored * 1000}))
