/** The script of all pages: menus that close by Escape and by a click elsewhere. Without it every page works, too. */
import './held.ts'
import './menus.ts'
